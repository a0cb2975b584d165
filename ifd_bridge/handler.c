/* The door: an IFD handler for pcscd that hands every call to the readers' process.
 *
 * DEVICENAME is "vcard:<socket>:<reader>". Each slot has two SOCK_SEQPACKET connections: one for
 * calls and their answers, one for movements of the card. A frame is MessagePack in a fixed layout
 * (the same as ifd_bridge/frames.py):
 *   call    [uint8 sequence, uint8 function, uint32 argument, bin32 data]
 *   answer  [uint8 sequence, uint16 code, bin32 data]
 * Data goes from and to pcscd's own buffers; nothing here knows what it means.
 *
 * Locks: `line` for the length of a call, `state` for everything else, taken in this order (or tried).
 * Descriptors are read under either and closed under both; nobody closes `event` while it is polled.
 *
 * Spec: pcsc-lite, ifdhandler.h.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

enum { CREATE_CHANNEL = 1, GET_CAPABILITIES = 3, SET_CAPABILITIES, SET_PROTOCOL, POWER, TRANSMIT, CONTROL };
enum { CALLS = 0, MOVEMENTS = 1 };
enum { READERS = 16, SLOTS = 16, MAX_DATA = 65548, MAX_REMOVALS = 1024 };
enum { HELLO_S = 1, CALL_S = 600, RECONNECT_MS = 250, LOST_MS = 50 };
enum { CALL_HEAD = 15, ANSWER_HEAD = 11 };

struct slot {
	int open, polling, call, event, wake;
	int present, reported, polled;   /* what is so; what pcscd was told; if it polled since then */
	uint32_t removals, owed;         /* the peer's count; removals that pcscd has not seen yet */
	int64_t lost_until;              /* ms; no card is reported so long after a lost one */
	uint32_t where;                  /* reader << 16 | slot, as the peer numbers them */
	UCHAR sequence, slots, parallel; /* the last two: from the peer's hello */
	struct sockaddr_un peer;
	pthread_mutex_t line, state;
};

static struct slot table[READERS][SLOTS];

static struct slot *find(DWORD lun)
{
	DWORD reader = lun >> 16, slot = lun & 0xFFFF;
	return reader < READERS && slot < SLOTS && table[reader][slot].open ? &table[reader][slot] : NULL;
}

static uint32_t get32(const UCHAR *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(UCHAR *p, DWORD value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (UCHAR)(value >> (24 - 8 * i));
}

/* Frames */

static int send_call(struct slot *s, int fd, UCHAR function, DWORD argument, const UCHAR *data, DWORD size)
{
	UCHAR head[CALL_HEAD] = {0x94, 0xCC, ++s->sequence, 0xCC, function, 0xCE};
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

/* The code of the next frame, -1 if there is none (errno EAGAIN) or it is not one. *size: room, then what came.
 * Data that does not fit is IFD_ERROR_INSUFFICIENT_BUFFER, its size in *size. */
static int get_answer(int fd, int flags, UCHAR sequence, UCHAR *data, DWORD *size)
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

/* Presence; `state` is held */

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* pcscd writes "no card" some time after it got IFD_ICC_NOT_PRESENT; a swapped card that it has
 * seen by then would never be seen again. */
static int held_ms(const struct slot *s)
{
	int64_t left = s->reported ? 0 : s->lost_until - now_ms();
	return left > 0 ? (int)left : 0;
}

static int news(const struct slot *s)
{
	return (s->owed || s->present != s->reported) && !held_ms(s);
}

static void wake(const struct slot *s)
{
	uint64_t one = 1;
	ssize_t ignored = write(s->wake, &one, sizeof one);
	(void)ignored;
}

static void lose(struct slot *s)
{
	s->owed += (uint32_t)s->present;
	s->present = 0;
	(void)shutdown(s->event, SHUT_RDWR);
	(void)shutdown(s->call, SHUT_RDWR);
	if (s->polling)
		return;
	(void)close(s->event);
	s->event = -1;
}

/* A call under way will be answered IFD_ICC_NOT_PRESENT if its card goes. */
static int under_way(struct slot *s)
{
	if (pthread_mutex_trylock(&s->line))
		return 1;
	(void)pthread_mutex_unlock(&s->line);
	return 0;
}

static int movement(struct slot *s, int code, const UCHAR *count, DWORD size)
{
	uint32_t removals;

	if ((code != IFD_ICC_PRESENT && code != IFD_ICC_NOT_PRESENT) || size != 4)
		return -1;
	removals = get32(count) - s->removals;
	if (removals > MAX_REMOVALS - s->owed)
		return -1;
	if (removals && under_way(s))
		s->lost_until = now_ms() + LOST_MS;
	s->owed += removals;
	s->removals += removals;
	s->present = code == IFD_ICC_PRESENT;
	return 0;
}

static void read_movements(struct slot *s)
{
	UCHAR count[4];
	DWORD size;
	int code;

	while (s->event >= 0) {
		size = sizeof count;
		errno = 0;
		code = get_answer(s->event, MSG_DONTWAIT, 0, count, &size);
		if (code < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (code < 0 || movement(s, code, count, size)) {
			lose(s);
			break;
		}
	}
	if (s->polling && news(s))
		wake(s);
}

/* Connections; `line` is held */

static int dial(struct slot *s, UCHAR kind, UCHAR *hello, DWORD *size, int *code)
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
	    send_call(s, fd, CREATE_CHANNEL, s->where, &kind, 1) == 0) {
		*code = get_answer(fd, 0, s->sequence, hello, size);
		patience.tv_sec = CALL_S;
		if (*code >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0)
			return fd;
	}
	(void)close(fd);
	return -1;
}

static void reconnect(struct slot *s)
{
	UCHAR hello[4];
	DWORD size = 4;
	int code, call, event;

	call = dial(s, CALLS, hello, &size, &code);
	if (call < 0)
		return;
	if (code == IFD_SUCCESS && size == 2 && hello[0] > 0 && hello[0] <= SLOTS) {
		s->slots = hello[0];
		s->parallel = hello[1] != 0;
	}
	size = 4;
	event = dial(s, MOVEMENTS, hello, &size, &code);
	(void)pthread_mutex_lock(&s->state);
	if (s->call >= 0)
		(void)close(s->call);
	s->call = call;
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

static RESPONSECODE checked(struct slot *s, int code)
{
	if (code == IFD_ICC_NOT_PRESENT) {
		/* pcscd believes a lost card only if presence will say the same */
		(void)pthread_mutex_lock(&s->state);
		read_movements(s);
		if (s->present && !s->owed && s->reported)
			code = IFD_COMMUNICATION_ERROR;
		else
			s->lost_until = now_ms() + LOST_MS;
		(void)pthread_mutex_unlock(&s->state);
		return code;
	}
	if (code == IFD_SUCCESS || (code >= IFD_ERROR_TAG && code <= IFD_NOT_SUPPORTED) ||
	    code == IFD_ERROR_INSUFFICIENT_BUFFER)
		return code;
	return IFD_COMMUNICATION_ERROR;
}

/* One call; *rx_size: room, then what came (0 unless the code is IFD_SUCCESS). */
static RESPONSECODE call(DWORD lun, UCHAR function, DWORD argument, const UCHAR *tx, DWORD tx_size, UCHAR *rx,
			 DWORD *rx_size)
{
	struct slot *s = find(lun);
	DWORD size = rx ? *rx_size : 0;
	int code = -1;

	*rx_size = 0;
	if (!s || tx_size > MAX_DATA || (tx_size && !tx))
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_lock(&s->line);
	if (s->call >= 0) {
		if (send_call(s, s->call, function, argument, tx, tx_size) == 0)
			code = get_answer(s->call, 0, s->sequence, rx, &size);
		if (code < 0) {
			(void)pthread_mutex_lock(&s->state);
			lose(s);
			(void)close(s->call);
			s->call = -1;
			(void)pthread_mutex_unlock(&s->state);
		}
	}
	(void)pthread_mutex_unlock(&s->line);
	if (code == IFD_SUCCESS)
		*rx_size = size;
	return checked(s, code);
}

/* What pcscd calls */

static RESPONSECODE poll_card(DWORD lun, int timeout_ms)
{
	struct slot *s = find(lun);
	struct pollfd fds[2];
	uint64_t count;
	ssize_t ignored;
	int nothing, held;

	if (!s)
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_lock(&s->state);
	read_movements(s);
	nothing = s->polling = !news(s);
	fds[0] = (struct pollfd){s->wake, POLLIN, 0};
	fds[1] = (struct pollfd){s->event, POLLIN, 0};
	if (s->event < 0 && timeout_ms > RECONNECT_MS)
		timeout_ms = RECONNECT_MS;
	held = held_ms(s);
	if (held && timeout_ms > held)
		timeout_ms = held;
	(void)pthread_mutex_unlock(&s->state);
	if (nothing)
		(void)poll(fds, 2, timeout_ms);
	(void)pthread_mutex_lock(&s->state);
	if (fds[0].revents) {
		ignored = read(s->wake, &count, sizeof count);
		(void)ignored;
	}
	s->polling = 0;
	s->polled = 1;
	read_movements(s);
	(void)pthread_mutex_unlock(&s->state);
	return IFD_SUCCESS;
}

static RESPONSECODE stop_polling(DWORD lun)
{
	struct slot *s = find(lun);

	if (s)
		wake(s);
	return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	struct slot *s = find(lun);
	int lost, here;

	if (!s)
		return IFD_ICC_NOT_PRESENT;
	(void)pthread_mutex_lock(&s->state);
	read_movements(s);
	lost = s->event < 0;
	(void)pthread_mutex_unlock(&s->state);
	if (lost && pthread_mutex_trylock(&s->line) == 0) {
		reconnect(s);
		(void)pthread_mutex_unlock(&s->line);
	}
	(void)pthread_mutex_lock(&s->state);
	if (s->polled && !held_ms(s)) { /* one step for each turn of the event thread, for pcscd asks elsewhere, too */
		s->polled = 0;
		if (!s->owed)
			s->reported = s->present;
		else if ((s->reported = !s->reported) == 0) /* a card must be seen before it is gone */
			s->owed--;
	}
	here = s->reported;
	(void)pthread_mutex_unlock(&s->state);
	return here ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	const char *path = name ? strstr(name, ":/") : NULL, *end = path ? strrchr(name, ':') : NULL;
	struct slot *s;

	if (!path || end == path || lun >> 16 >= READERS || (lun & 0xFFFF) >= SLOTS)
		return IFD_COMMUNICATION_ERROR;
	s = &table[lun >> 16][lun & 0xFFFF];
	if (s->open || (size_t)(end - ++path) >= sizeof s->peer.sun_path)
		return IFD_COMMUNICATION_ERROR;
	*s = (struct slot){.call = -1, .event = -1, .polled = 1, .slots = 1, .parallel = 1};
	s->peer.sun_family = AF_UNIX;
	memcpy(s->peer.sun_path, path, (size_t)(end - path));
	s->where = (uint32_t)strtoul(end + 1, NULL, 10) << 16 | (uint32_t)(lun & 0xFFFF);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake < 0)
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_init(&s->line, NULL);
	(void)pthread_mutex_init(&s->state, NULL);
	reconnect(s); /* whether anybody is there or not: pcscd never tries again */
	s->open = 1;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	(void)lun, (void)channel;
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	struct slot *s = find(lun);

	if (!s)
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_lock(&s->state);
	lose(s); /* ends a call under way */
	(void)pthread_mutex_unlock(&s->state);
	(void)pthread_mutex_lock(&s->line);
	s->open = 0;
	for (int i = 0, fds[] = {s->call, s->event, s->wake}; i < 3; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	(void)pthread_mutex_unlock(&s->line);
	return IFD_SUCCESS;
}

static RESPONSECODE give(PDWORD length, PUCHAR value, const void *what, DWORD size)
{
	if (*length < size)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(value, what, size);
	*length = size;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
	static RESPONSECODE (*const poller)(DWORD, int) = poll_card;
	static RESPONSECODE (*const stopper)(DWORD) = stop_polling;
	static const UCHAR one = 1, many = 255;
	struct slot *s = find(lun);
	RESPONSECODE code;
	DWORD size;

	if (!length || !value || !s)
		return IFD_COMMUNICATION_ERROR;
	switch (tag) {
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		return give(length, value, &many, 1);
	case TAG_IFD_THREAD_SAFE:
		return give(length, value, &one, 1);
	case TAG_IFD_SLOT_THREAD_SAFE:
		return give(length, value, &s->parallel, 1);
	case TAG_IFD_SLOTS_NUMBER:
		return give(length, value, &s->slots, 1);
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		return give(length, value, &poller, sizeof poller);
	case TAG_IFD_STOP_POLLING_THREAD:
		return give(length, value, &stopper, sizeof stopper);
	default:
		size = *length;
		code = call(lun, GET_CAPABILITIES, tag, NULL, 0, value, &size);
		if (code == IFD_SUCCESS)
			*length = size; /* else left alone: pcscd compares it with its own values */
		return code;
	}
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
	DWORD none = 0;

	return call(lun, SET_CAPABILITIES, tag, value, length, NULL, &none);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	DWORD none = 0;

	(void)flags, (void)pts1, (void)pts2, (void)pts3;
	return call(lun, SET_PROTOCOL, protocol, NULL, 0, NULL, &none);
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD atr_size)
{
	DWORD size = atr && atr_size ? *atr_size : 0;
	RESPONSECODE code;

	if (size > MAX_ATR_SIZE)
		size = MAX_ATR_SIZE;
	code = call(lun, POWER, action, NULL, 0, atr, &size);
	if (atr_size)
		*atr_size = size;
	if (code == IFD_ERROR_INSUFFICIENT_BUFFER || (code == IFD_SUCCESS && action != IFD_POWER_DOWN && size == 0))
		return IFD_ERROR_POWER_ACTION; /* that was no ATR */
	return code;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx, DWORD tx_size, PUCHAR rx, PDWORD rx_size,
			       PSCARD_IO_HEADER receive)
{
	(void)receive;
	return rx_size ? call(lun, TRANSMIT, send.Protocol, tx, tx_size, rx, rx_size) : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_size, PUCHAR rx, DWORD rx_room, LPDWORD rx_size)
{
	DWORD size = rx_room;
	RESPONSECODE result = call(lun, CONTROL, code, tx, tx_size, rx, &size);

	if (rx_size)
		*rx_size = size;
	return result;
}
