/* What JavaScript calls: a few functions around libmpg123, as plain numbers and addresses. */

#include "config.h"
#include "mpg123lib_intern.h"

#define EXPORT(name) __attribute__((export_name(name)))

/* Errors in a row without a sample between them, after which what was given is thrown away: there is always an end. */
enum { MOST_ERRORS = 1000 };

/* libmpg123's other ways to read, which are never taken. */
int compat_open(const char *path, int flags) { return -1; }
int compat_close(int file) { return -1; }
char *compat_getenv(const char *name) { return NULL; }
ssize_t read(int file, void *bytes, size_t n) { return -1; }
off_t lseek(int file, off_t offset, int whence) { return -1; }

EXPORT("allocate") void *allocate(size_t n_bytes) { return malloc(n_bytes); }

EXPORT("destroy") void destroy(mpg123_handle *decoder) { mpg123_delete(decoder); }

/* A decoder to the mean of the channels, or NULL. */
EXPORT("create") mpg123_handle *create(int is_gapless)
{
	mpg123_handle *decoder = mpg123_new(NULL, NULL);
	long flags = MPG123_MONO_MIX | MPG123_FORCE_FLOAT | MPG123_QUIET | MPG123_NO_READAHEAD; /* a lone frame counts */
	if(is_gapless) flags |= MPG123_GAPLESS;
	if(decoder == NULL) return NULL;
	mpg123_param(decoder, MPG123_FLAGS, flags, 0);
	mpg123_param(decoder, MPG123_RESYNC_LIMIT, -1, 0);
	if(mpg123_open_feed(decoder) == MPG123_OK) return decoder;
	mpg123_delete(decoder);
	return NULL;
}

/* Gives it bytes; what there is no memory for is left out, with all that it had not decoded yet. */
EXPORT("feed") void feed(mpg123_handle *decoder, const unsigned char *bytes, size_t n_bytes)
{
	if(mpg123_feed(decoder, bytes, n_bytes) != MPG123_OK) mpg123_open_feed(decoder);
}

/* Hz of what `decode` gave last. */
static long rate_hz = 0;
EXPORT("sample_rate") long sample_rate(void) { return rate_hz; }

/* Decodes until `samples` is full, the rate is about to change, or no whole frame is left: 0 samples mean the last. */
EXPORT("decode") size_t decode(mpg123_handle *decoder, float *samples, size_t n_samples)
{
	size_t n_bytes = n_samples * sizeof(*samples), n_done = 0;
	int n_errors = 0;
	while(n_done < n_bytes && n_errors <= MOST_ERRORS)
	{
		size_t n = 0;
		int result;
		if(n_done == 0) rate_hz = decoder->af.rate; /* after MPG123_NEW_FORMAT it is that of samples still to come */
		result = mpg123_read(decoder, (unsigned char *) samples + n_done, n_bytes - n_done, &n);
		n_done += n;
		n_errors = n > 0 ? 0 : n_errors + 1;
		if(result == MPG123_NEED_MORE || (result == MPG123_NEW_FORMAT && n_done > 0)) return n_done / sizeof(*samples);
	}
	if(n_errors > MOST_ERRORS) mpg123_open_feed(decoder);
	return n_done / sizeof(*samples);
}
