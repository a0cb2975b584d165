/* Frames: see frames.h. */
#include "frames.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <ifdhandler.h>

uint32_t get32(const UCHAR *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put32(UCHAR *bytes, DWORD value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (UCHAR)(value >> (24 - 8 * i));
}

static void give(struct msghdr *frame, struct cmsghdr *with, int given)
{
	*with = (struct cmsghdr){CMSG_LEN(sizeof given), SOL_SOCKET, SCM_RIGHTS};
	memcpy(CMSG_DATA(with), &given, sizeof given);
	frame->msg_control = with;
	frame->msg_controllen = with->cmsg_len;
}

int send_call(int fd, int given, UCHAR sequence, UCHAR function, DWORD argument, const UCHAR *data, DWORD size)
{
	UCHAR head[CALL_HEAD] = {0x94, 0xCC, sequence, 0xCC, function, 0xCE};
	struct iovec parts[] = {{head, sizeof head}, {(void *)(uintptr_t)data, size}};
	struct msghdr frame = {.msg_iov = parts, .msg_iovlen = 2};
	struct cmsghdr with[2]; /* the second is room for the descriptor */
	ssize_t n;

	put32(head + 6, argument);
	head[10] = 0xC6;
	put32(head + 11, size);
	if (given >= 0)
		give(&frame, with, given);
	do
		n = sendmsg(fd, &frame, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)(sizeof head + size) ? 0 : -1;
}

/* -1 if it is not the head of an answer. */
static int code_of(const UCHAR *head, UCHAR sequence)
{
	if (head[0] != 0x93 || head[1] != 0xCC || head[2] != sequence || head[3] != 0xCD || head[6] != 0xC6)
		return -1;
	return head[4] << 8 | head[5];
}

int get_answer(int fd, int flags, UCHAR sequence, UCHAR *data, DWORD *size)
{
	UCHAR head[ANSWER_HEAD] = {0};
	struct iovec parts[] = {{head, sizeof head}, {data, *size}};
	struct msghdr frame = {.msg_iov = parts, .msg_iovlen = 2};
	DWORD room = *size;
	ssize_t n;
	int code;

	*size = 0;
	do
		n = recvmsg(fd, &frame, flags | MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	errno = EPROTO;
	code = code_of(head, sequence);
	if (code < 0 || n < ANSWER_HEAD || n > ANSWER_HEAD + MAX_DATA || get32(head + 7) != (uint32_t)n - ANSWER_HEAD)
		return -1;
	*size = (DWORD)n - ANSWER_HEAD;
	return *size > room ? IFD_ERROR_INSUFFICIENT_BUFFER : code;
}

static int read_answer(int pipe, UCHAR sequence, UCHAR *data, DWORD *size)
{
	UCHAR frame[PIPE_BUF];
	DWORD room = *size;
	ssize_t n;
	int code;

	*size = 0;
	do
		n = read(pipe, frame, sizeof frame);
	while (n < 0 && errno == EINTR);
	code = n < ANSWER_HEAD ? -1 : code_of(frame, sequence);
	if (code < 0 || get32(frame + 7) != (uint32_t)n - ANSWER_HEAD)
		return -1;
	*size = (DWORD)n - ANSWER_HEAD;
	if (*size > room)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	if (*size)
		memcpy(data, frame + ANSWER_HEAD, *size);
	return code;
}

int await_answer(int pipe, int fd, int patience_ms, UCHAR sequence, UCHAR *data, DWORD *size)
{
	struct pollfd ways[] = {{pipe, POLLIN, 0}, {fd, POLLIN, 0}};
	int n;

	do
		n = poll(ways, 2, patience_ms);
	while (n < 0 && errno == EINTR);
	if (n > 0 && ways[0].revents & POLLIN)
		return read_answer(pipe, sequence, data, size);
	if (n > 0 && ways[1].revents & POLLIN)
		return get_answer(fd, MSG_DONTWAIT, sequence, data, size);
	*size = 0;
	return -1;
}
