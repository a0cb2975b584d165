/* Frames: see frames.h. */
#include "frames.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

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

int send_call(int fd, UCHAR sequence, UCHAR function, DWORD argument, const UCHAR *data, DWORD size)
{
	UCHAR head[CALL_HEAD] = {0x94, 0xCC, sequence, 0xCC, function, 0xCE};
	struct iovec parts[] = {{head, sizeof head}, {(void *)(uintptr_t)data, size}};
	struct msghdr frame = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t n;

	put32(head + 6, argument);
	head[10] = 0xC6;
	put32(head + 11, size);
	do
		n = sendmsg(fd, &frame, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)(sizeof head + size) ? 0 : -1;
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
	if (n < ANSWER_HEAD || n > ANSWER_HEAD + MAX_DATA || head[0] != 0x93 || head[1] != 0xCC || head[2] != sequence ||
	    head[3] != 0xCD || head[6] != 0xC6 || get32(head + 7) != (uint32_t)n - ANSWER_HEAD)
		return -1;
	code = head[4] << 8 | head[5];
	*size = (DWORD)n - ANSWER_HEAD;
	return *size > room ? IFD_ERROR_INSUFFICIENT_BUFFER : code;
}
