/* The limit: an IFD handler that answers 9000 at once, without any other process.
 *
 * Built for the bench only. DEVICENAME is "null:<fifo>"; a byte '1' or '0' written to the fifo puts
 * the card in or takes it out, and wakes the polling thread as a driver with events does.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <ifdhandler.h>

static struct reader {
	int fifo, stop[2];
	volatile int present;
} readers[16];

static struct reader *reader_of(DWORD lun)
{
	return &readers[(lun >> 16) & 15];
}

static RESPONSECODE poll_card(DWORD lun, int timeout_ms)
{
	struct reader *reader = reader_of(lun);
	struct pollfd fds[] = {{reader->fifo, POLLIN, 0}, {reader->stop[0], POLLIN, 0}};
	char byte;

	if (poll(fds, 2, timeout_ms) > 0) {
		if (fds[0].revents && read(reader->fifo, &byte, 1) == 1)
			reader->present = byte == '1';
		if (fds[1].revents && read(reader->stop[0], &byte, 1) != 1)
			return IFD_COMMUNICATION_ERROR;
	}
	return IFD_SUCCESS;
}

static RESPONSECODE stop_polling(DWORD lun)
{
	return write(reader_of(lun)->stop[1], "", 1) == 1 ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	struct reader *reader = reader_of(lun);
	const char *path = strchr(name, ':');

	reader->present = 1;
	reader->fifo = path ? open(path + 1, O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
	return reader->fifo < 0 || pipe(reader->stop) ? IFD_COMMUNICATION_ERROR : IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	(void)lun, (void)channel;
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	(void)lun;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
	RESPONSECODE (*poller)(DWORD, int) = poll_card;
	RESPONSECODE (*stopper)(DWORD) = stop_polling;

	(void)lun;
	switch (tag) {
	case TAG_IFD_THREAD_SAFE:
	case TAG_IFD_SLOTS_NUMBER:
		*length = 1;
		*value = 1;
		return IFD_SUCCESS;
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		*length = sizeof poller;
		memcpy(value, &poller, sizeof poller);
		return IFD_SUCCESS;
	case TAG_IFD_STOP_POLLING_THREAD:
		*length = sizeof stopper;
		memcpy(value, &stopper, sizeof stopper);
		return IFD_SUCCESS;
	default:
		return IFD_ERROR_TAG;
	}
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
	(void)lun, (void)tag, (void)length, (void)value;
	return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	(void)lun, (void)protocol, (void)flags, (void)pts1, (void)pts2, (void)pts3;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
	static const UCHAR ours[] = {0x3B, 0x80, 0x80, 0x01, 0x01};

	(void)lun;
	if (action == IFD_POWER_DOWN)
		return IFD_SUCCESS;
	memcpy(atr, ours, sizeof ours);
	*length = sizeof ours;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx, DWORD tx_size, PUCHAR rx, PDWORD rx_size,
			       PSCARD_IO_HEADER receive)
{
	(void)lun, (void)send, (void)tx, (void)tx_size, (void)receive;
	rx[0] = 0x90;
	rx[1] = 0x00;
	*rx_size = 2;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_size, PUCHAR rx, DWORD room, LPDWORD size)
{
	(void)lun, (void)code, (void)tx, (void)tx_size, (void)rx, (void)room;
	*size = 0;
	return IFD_ERROR_NOT_SUPPORTED;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	return reader_of(lun)->present ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}
