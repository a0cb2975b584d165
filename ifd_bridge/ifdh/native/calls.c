/* Calls: connecting to the readers' process, and one call at a time with its answer. */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "frames.h"
#include "slot.h"

enum { HELLO_S = 1, CALL_MS = 600000 };

/* A connection whose hello was answered, or -1; the peer gets the descriptor `given`, unless it is -1. */
static int dial(struct slot *s, UCHAR kind, int given, UCHAR *hello, DWORD *size, int *code)
{
	struct timeval patience = {.tv_sec = HELLO_S};
	int room = 4 * (CALL_HEAD + MAX_DATA);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&s->peer, sizeof s->peer) == 0 &&
	    send_call(fd, given, ++s->sequence, CREATE_CHANNEL, s->where, &kind, 1) == 0) {
		*code = get_answer(fd, 0, s->sequence, hello, size);
		if (*code >= 0)
			return fd;
	}
	(void)close(fd);
	return -1;
}

/* A connection for calls, or -1, and in `*answers` the end of a pipe whose other one the peer has. */
static int dial_calls(struct slot *s, int *answers, UCHAR *hello, DWORD *size, int *code)
{
	int fd, ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	fd = dial(s, CALLS, ends[1], hello, size, code);
	(void)close(ends[1]);
	*answers = ends[0];
	if (fd < 0)
		(void)close(ends[0]);
	return fd;
}

static void close_calls(struct slot *s)
{
	if (s->call >= 0) {
		(void)close(s->call);
		(void)close(s->answers);
	}
	s->call = s->answers = -1;
}

void reconnect(struct slot *s)
{
	UCHAR hello[4];
	DWORD size = 4;
	int code, calls, answers, event;

	calls = dial_calls(s, &answers, hello, &size, &code);
	if (calls < 0)
		return;
	if (code == IFD_SUCCESS && size == 2 && hello[0] > 0 && hello[0] <= SLOTS) {
		s->slots = hello[0];
		s->parallel = hello[1] != 0;
	}
	size = 4;
	event = dial(s, MOVEMENTS, -1, hello, &size, &code);
	(void)pthread_mutex_lock(&s->state);
	close_calls(s);
	s->call = calls;
	s->answers = answers;
	s->event = event;
	if (event < 0 || size != 4)
		lose(s);
	else {
		s->removals = get32(hello);
		if (movement(s, code, hello, size))
			lose(s);
	}
	(void)pthread_mutex_unlock(&s->state);
}

/* pcscd believes a lost card only if presence will say the same. */
static RESPONSECODE card_lost(struct slot *s)
{
	RESPONSECODE code = IFD_ICC_NOT_PRESENT;

	(void)pthread_mutex_lock(&s->state);
	read_movements(s);
	if (s->present && !s->owed && s->reported)
		code = IFD_COMMUNICATION_ERROR;
	else
		hold(s);
	(void)pthread_mutex_unlock(&s->state);
	return code;
}

static RESPONSECODE checked(struct slot *s, int code)
{
	if (code == IFD_ICC_NOT_PRESENT)
		return card_lost(s);
	if (code == IFD_SUCCESS || (code >= IFD_ERROR_TAG && code <= IFD_NOT_SUPPORTED) ||
	    code == IFD_ERROR_INSUFFICIENT_BUFFER)
		return code;
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE call(struct slot *s, UCHAR function, DWORD argument, const UCHAR *tx, DWORD tx_size, UCHAR *rx,
		  DWORD *rx_size)
{
	DWORD size = rx ? *rx_size : 0;
	int code = -1;

	*rx_size = 0;
	if (!s || tx_size > MAX_DATA || (tx_size && !tx))
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_lock(&s->line);
	if (s->call >= 0) {
		if (send_call(s->call, -1, ++s->sequence, function, argument, tx, tx_size) == 0)
			code = await_answer(s->answers, s->call, CALL_MS, s->sequence, rx, &size);
		if (code < 0) {
			(void)pthread_mutex_lock(&s->state);
			lose(s);
			close_calls(s);
			(void)pthread_mutex_unlock(&s->state);
		}
	}
	(void)pthread_mutex_unlock(&s->line);
	if (code == IFD_SUCCESS)
		*rx_size = size;
	return checked(s, code);
}
