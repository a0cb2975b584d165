/*
 * Where the card is: the movements that the peer tells, and what pcscd is told of them.
 *
 * A movement says whether a card is there and how many have been removed so far, so a frame that is
 * lost or merged in a full socket costs nothing. pcscd must see every removal: "absent" is reported
 * once for each, with a card in between, one step for each turn of pcscd's event thread. Not more,
 * because pcscd also asks for presence inside each power-up, and would swallow a step there.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"
#include "slot.h"

enum { MAX_REMOVALS = 1024, RECONNECT_MS = 250, LOST_MS = 50 };

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void hold(struct slot *s)
{
	s->lost_until = now_ms() + LOST_MS;
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

void wake(const struct slot *s)
{
	uint64_t one = 1;
	ssize_t ignored = write(s->wake, &one, sizeof one);

	(void)ignored;
}

void lose(struct slot *s)
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

int movement(struct slot *s, int code, const UCHAR *count, DWORD size)
{
	uint32_t removals;

	if ((code != IFD_ICC_PRESENT && code != IFD_ICC_NOT_PRESENT) || size != 4)
		return -1;
	removals = get32(count) - s->removals;
	if (removals > MAX_REMOVALS - s->owed)
		return -1;
	if (removals && under_way(s))
		hold(s);
	s->owed += removals;
	s->removals += removals;
	s->present = code == IFD_ICC_PRESENT;
	return 0;
}

void read_movements(struct slot *s)
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

void wait_for_news(struct slot *s, int timeout_ms)
{
	struct pollfd fds[2];
	uint64_t count;
	ssize_t ignored;
	int nothing, held;

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
}

RESPONSECODE next_presence(struct slot *s)
{
	int here;

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
