/* Frames between the handler and the readers' process: MessagePack in a fixed layout (the same as
 * ifd_bridge/ifdh/frames.py):
 *   call    [uint8 sequence, uint8 function, uint32 argument, bin32 data]
 *   answer  [uint8 sequence, uint16 code, bin32 data]
 * A frame is one message of a SOCK_SEQPACKET connection. The answer to a call comes through a pipe
 * where it fits (PIPE_BUF), whole or not at all: that takes less of the time of a short APDU.
 * Data goes from and to the caller's own buffers; nothing here knows what it means.
 */
#ifndef VCARD_FRAMES_H
#define VCARD_FRAMES_H

#include <stdint.h>

#include <wintypes.h>

enum { CALL_HEAD = 15, ANSWER_HEAD = 11, MAX_DATA = 65548 };

#pragma GCC visibility push(hidden)

uint32_t get32(const UCHAR *bytes);

/* 0, or -1 if it could not be sent. The peer gets the descriptor `given` as well, unless it is -1. */
int send_call(int fd, int given, UCHAR sequence, UCHAR function, DWORD argument, const UCHAR *data, DWORD size);

/* The code of the next message, -1 if there is none (errno EAGAIN) or it is not an answer. *size: room, then what
 * came. Data that does not fit is IFD_ERROR_INSUFFICIENT_BUFFER, its size in *size. */
int get_answer(int fd, int flags, UCHAR sequence, UCHAR *data, DWORD *size);

/* The same for the answer to a call, which comes by either way; -1 also if none comes for `patience_ms`. */
int await_answer(int pipe, int fd, int patience_ms, UCHAR sequence, UCHAR *data, DWORD *size);

#pragma GCC visibility pop

#endif
