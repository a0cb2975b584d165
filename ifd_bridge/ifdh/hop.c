/* A hop of the readers' process as frames.py's `Line` makes it, in one call: the answer goes, the next
 * call is waited for and given back as its fields. So the interpreter's lock is let go once, and
 * nothing is made but these fields. Frames, limits and refusals are those of frames.py.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CALL_HEAD = 15, ANSWER_HEAD = 11, MAX_DATA = 65548, MAX_CALL = CALL_HEAD + MAX_DATA };
enum { SHORT = PIPE_BUF - ANSWER_HEAD }; /* the longest data that go through the pipe */

struct answer {
	int connection, pipe;
	unsigned char frame[PIPE_BUF]; /* with the data, if they are short */
	Py_buffer data;
};

static uint32_t get32(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static PyObject *no_call(const unsigned char *head)
{
	char text[2 * CALL_HEAD + 1];

	for (int i = 0; i < CALL_HEAD; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", head[i]);
	return PyErr_Format(PyExc_ValueError, "not a call: %s", text);
}

static PyObject *fields(const unsigned char *frame, Py_ssize_t size)
{
	if (size < CALL_HEAD || size > MAX_CALL)
		return PyErr_Format(PyExc_ValueError, "a call of %zd bytes, not %d to %d", size, CALL_HEAD, MAX_CALL);
	if (frame[0] != 0x94 || frame[1] != 0xCC || frame[3] != 0xCC || frame[5] != 0xCE || frame[10] != 0xC6 ||
	    get32(frame + 11) != (uint32_t)(size - CALL_HEAD))
		return no_call(frame);
	return Py_BuildValue("BBky#", frame[2], frame[4], (unsigned long)get32(frame + 6),
			     (const char *)frame + CALL_HEAD, size - CALL_HEAD);
}

/* A socket's or file's descriptor; BrokenPipeError if another thread has closed it. */
static int descriptor(PyObject *of)
{
	int found = PyObject_AsFileDescriptor(of);

	if (found < 0 && PyErr_ExceptionMatches(PyExc_ValueError))
		PyErr_SetString(PyExc_BrokenPipeError, "it is closed");
	return found;
}

/* The answer in its frame; -1 with an exception. Its `data` are let go by the caller. */
static int framed(struct answer *answer, PyObject *sequence, PyObject *code, PyObject *data)
{
	long number = PyLong_AsLong(sequence), value = PyLong_AsLong(code);
	unsigned char *head = answer->frame;
	Py_ssize_t size;

	if (PyErr_Occurred() || PyObject_GetBuffer(data, &answer->data, PyBUF_SIMPLE))
		return -1;
	size = answer->data.len;
	if (size > MAX_DATA)
		PyErr_Format(PyExc_ValueError, "an answer of %zd bytes, more than %d", size, MAX_DATA);
	else if (number < 0 || number > 0xFF || value < 0 || value > 0xFFFF)
		PyErr_Format(PyExc_ValueError, "an answer %ld with the code %ld", number, value);
	if (PyErr_Occurred()) {
		PyBuffer_Release(&answer->data);
		return -1;
	}
	head[0] = 0x93, head[1] = 0xCC, head[2] = (unsigned char)number, head[3] = 0xCD;
	head[4] = (unsigned char)(value >> 8), head[5] = (unsigned char)value, head[6] = 0xC6;
	for (int i = 0; i < 4; i++)
		head[7 + i] = (unsigned char)(size >> (24 - 8 * i));
	if (size > 0 && size <= SHORT)
		memcpy(head + ANSWER_HEAD, answer->data.buf, (size_t)size);
	return 0;
}

static ssize_t put(const struct answer *answer)
{
	struct iovec parts[] = {{(void *)(uintptr_t)answer->frame, ANSWER_HEAD},
				{answer->data.buf, (size_t)answer->data.len}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	if (answer->data.len <= SHORT)
		return write(answer->pipe, answer->frame, (size_t)(ANSWER_HEAD + answer->data.len));
	return sendmsg(answer->connection, &message, MSG_NOSIGNAL);
}

/* What came, its size; -1 with an exception. A signal's handler is called, and the wait goes on unless it raises. */
static ssize_t hopped(const struct answer *answer, unsigned char *room)
{
	int sent = 0, why;
	ssize_t got;

	do {
		Py_BEGIN_ALLOW_THREADS
		got = -1;
		if (sent || put(answer) >= 0) {
			sent = 1;
			got = recv(answer->connection, room, MAX_CALL + 1, 0);
		}
		why = errno;
		Py_END_ALLOW_THREADS
		if (got >= 0)
			return got;
		if (why == EINTR && PyErr_CheckSignals())
			return -1;
	} while (why == EINTR);
	errno = why;
	(void)PyErr_SetFromErrno(PyExc_OSError);
	return -1;
}

static PyObject *hop(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
	struct answer answer;
	unsigned char *room;
	ssize_t got;

	(void)module;
	if (count != 6 || !PyByteArray_Check(args[2]) || PyByteArray_GET_SIZE(args[2]) <= MAX_CALL) {
		PyErr_SetString(PyExc_TypeError, "a connection, a pipe, room for a call, a sequence, a code, data");
		return NULL;
	}
	room = (unsigned char *)PyByteArray_AS_STRING(args[2]);
	if ((answer.connection = descriptor(args[0])) < 0 || (answer.pipe = descriptor(args[1])) < 0 ||
	    framed(&answer, args[3], args[4], args[5]))
		return NULL;
	got = hopped(&answer, room);
	PyBuffer_Release(&answer.data);
	if (got < 0)
		return NULL;
	if (got == 0)
		Py_RETURN_NONE;
	return fields(room, got);
}

static PyMethodDef functions[] = {
	{"hop", (PyCFunction)(void (*)(void))hop, METH_FASTCALL, NULL},
	{NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "hop", .m_methods = functions};

PyMODINIT_FUNC PyInit_hop(void);

PyMODINIT_FUNC PyInit_hop(void)
{
	return PyModuleDef_Init(&definition);
}
