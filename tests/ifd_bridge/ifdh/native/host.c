/* Loads the handler as pcscd does, and calls it while a peer does its worst.
 *
 *   host HANDLER DEVICENAME CALLS
 *
 * One thread polls and asks for presence like pcscd's event thread, another makes calls of every
 * kind into buffers of exactly the promised size, so that a sanitizer sees one byte too many.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

#define LUN 0x20000
#define FUNCTION(name) name = (__typeof__(&IFDH##name))dlsym(library, "IFDH" #name)

static __typeof__(&IFDHCreateChannelByName) CreateChannelByName;
static __typeof__(&IFDHCloseChannel) CloseChannel;
static __typeof__(&IFDHGetCapabilities) GetCapabilities;
static __typeof__(&IFDHSetCapabilities) SetCapabilities;
static __typeof__(&IFDHSetProtocolParameters) SetProtocolParameters;
static __typeof__(&IFDHPowerICC) PowerICC;
static __typeof__(&IFDHTransmitToICC) TransmitToICC;
static __typeof__(&IFDHControl) Control;
static __typeof__(&IFDHICCPresence) ICCPresence;
static RESPONSECODE (*poller)(DWORD, int);
static RESPONSECODE (*stopper)(DWORD);
static volatile int over;

static void fail(const char *what, long value)
{
	fprintf(stderr, "host: %s: %ld\n", what, value);
	_exit(3);
}

static void plausible(const char *what, RESPONSECODE code, DWORD size, DWORD room)
{
	if (code == IFD_NO_SUCH_DEVICE || (code && (code < IFD_ERROR_TAG || code > IFD_ERROR_INSUFFICIENT_BUFFER)))
		fail(what, (long)code);
	if (code ? size : size > room)
		fail(what, (long)size);
}

static void *events(void *unused)
{
	while (!over) {
		RESPONSECODE code = ICCPresence(LUN);

		if (code != IFD_ICC_PRESENT && code != IFD_ICC_NOT_PRESENT)
			fail("presence", (long)code);
		if (poller(LUN, 5) != IFD_SUCCESS)
			fail("poll", 0);
	}
	return unused;
}

static void one_call(int number)
{
	static const DWORD rooms[] = {2, 258, 65548};
	DWORD room = rooms[number / 8 % 3], size = room, asked = number % 2 ? 264 : 1;
	SCARD_IO_HEADER pci = {1, 16};
	UCHAR *rx = malloc(room), *value = malloc(264), *atr = malloc(MAX_ATR_SIZE);
	UCHAR tx[300] = {0};
	RESPONSECODE code;

	if (!rx || !value || !atr)
		fail("malloc", 0);
	switch (number % 8) {
	case 0:
	case 1:
	case 2:
		code = TransmitToICC(LUN, pci, tx, sizeof tx, rx, &size, &pci);
		plausible("transmit", code, size, room);
		break;
	case 3:
		code = Control(LUN, 0x42000001, tx, 5, rx, room, &size);
		plausible("control", code, size, room);
		break;
	case 4:
		size = MAX_ATR_SIZE;
		code = PowerICC(LUN, IFD_POWER_UP, atr, &size);
		plausible("power", code, size, MAX_ATR_SIZE);
		if (!code && !size)
			fail("empty ATR", 0);
		break;
	case 5:
		size = asked;
		code = GetCapabilities(LUN, SCARD_ATTR_VENDOR_NAME, &size, value);
		if (code ? size != asked : size > asked)
			fail("attribute", (long)size);
		break;
	case 6:
		plausible("set", SetCapabilities(LUN, 1, 4, tx), 0, 0);
		plausible("down", PowerICC(LUN, IFD_POWER_DOWN, NULL, NULL), 0, 0);
		stopper(LUN);
		break;
	default:
		plausible("protocol", SetProtocolParameters(LUN, 2, 0, 0, 0, 0), 0, 0);
		if (GetCapabilities(LUN, 1, &size, NULL) == IFD_SUCCESS)
			fail("no buffer", 0);
		plausible("no buffer", Control(LUN, 1, NULL, 0, NULL, 0, NULL), 0, 0);
	}
	free(rx);
	free(value);
	free(atr);
}

int main(int argc, char **argv)
{
	static char bad[400];
	void *library = argc == 4 ? dlopen(argv[1], RTLD_NOW) : NULL;
	DWORD size = sizeof poller;
	pthread_t thread;

	if (!library)
		fail(argc == 4 ? dlerror() : "arguments", argc);
	FUNCTION(CreateChannelByName);
	FUNCTION(CloseChannel);
	FUNCTION(GetCapabilities);
	FUNCTION(SetCapabilities);
	FUNCTION(SetProtocolParameters);
	FUNCTION(PowerICC);
	FUNCTION(TransmitToICC);
	FUNCTION(Control);
	FUNCTION(ICCPresence);
	memset(bad, 'x', sizeof bad - 1);
	memcpy(bad, "vcard:/", 7);
	bad[350] = ':';
	if (!CreateChannelByName(LUN, bad) || !CreateChannelByName(LUN, (char *)"vcard") ||
	    !CreateChannelByName(LUN, (char *)"vcard:/x") || !CreateChannelByName(99 << 16, argv[2]) ||
	    ICCPresence(LUN) != IFD_ICC_NOT_PRESENT)
		fail("a bad name was taken", 0);
	if (CreateChannelByName(LUN, argv[2]))
		fail("create", 0);
	if (GetCapabilities(LUN, TAG_IFD_POLLING_THREAD_WITH_TIMEOUT, &size, (PUCHAR)&poller) ||
	    GetCapabilities(LUN, TAG_IFD_STOP_POLLING_THREAD, &size, (PUCHAR)&stopper))
		fail("poller", 0);
	if (pthread_create(&thread, NULL, events, NULL))
		fail("thread", 0);
	for (int number = 0; number < atoi(argv[3]); number++)
		one_call(number);
	over = 1;
	stopper(LUN);
	pthread_join(thread, NULL);
	if (CloseChannel(LUN) || !CloseChannel(LUN))
		fail("close", 0);
	puts("survived");
	return 0;
}
