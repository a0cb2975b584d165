/* What a program sees of readers that come and go: every reader and the special one for plug and
 * unplug, first as they are, then when SCardGetStatusChange returns. It begins when there are as many
 * readers as its argument says. One line for each:
 *
 *   NUMBER-OF-EVENTS 0xSTATE NAME
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <winscard.h>

#define MAX_READERS 17

static void tell(const SCARD_READERSTATE *states, int count)
{
	for (int i = 0; i < count; i++)
		printf("%lu 0x%04lX %s\n", states[i].dwEventState >> 16 & 0xFFFF,
		       states[i].dwEventState & 0xFFFF, states[i].szReader);
	fflush(stdout);
}

/* The readers' names into `states`: how many there are, or -1. */
static int list(SCARDCONTEXT context, char *names, DWORD size, SCARD_READERSTATE *states)
{
	int count = 0;
	LONG result = SCardListReaders(context, NULL, names, &size);

	if (result)
		return result == (LONG)SCARD_E_NO_READERS_AVAILABLE ? 0 : -1;
	for (const char *name = names; *name && count < MAX_READERS - 1; name += strlen(name) + 1)
		states[count++].szReader = name;
	return count;
}

int main(int argc, char **argv)
{
	static char names[8192];
	SCARD_READERSTATE states[MAX_READERS];
	SCARDCONTEXT context;
	int count, wanted = argc > 1 ? atoi(argv[1]) : 0;

	memset(states, 0, sizeof states);
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context))
		return 2;
	for (int left = 4000; list(context, names, sizeof names, states) != wanted && left; left--)
		usleep(5000);
	count = list(context, names, sizeof names, states);
	if (count != wanted)
		return 3;
	states[count++].szReader = "\\\\?PnP?\\Notification";
	LONG result = SCardGetStatusChange(context, 0, states, (DWORD)count);
	if (result && result != (LONG)SCARD_E_TIMEOUT)
		return 4;
	tell(states, count);
	for (int i = 0; i < count; i++)
		states[i].dwCurrentState = states[i].dwEventState;
	if (SCardGetStatusChange(context, 20000, states, (DWORD)count))
		return 5;
	tell(states, count);
	return SCardReleaseContext(context) ? 6 : 0;
}
