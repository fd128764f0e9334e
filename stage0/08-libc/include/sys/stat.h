#ifndef _SYS_STAT_H
#define _SYS_STAT_H
#include <sys/types.h>
#include <time.h>

/* Linux, AArch64 (asm-generic/stat.h). */
struct stat {
	dev_t st_dev;
	ino_t st_ino;
	mode_t st_mode;
	nlink_t st_nlink;
	uid_t st_uid;
	gid_t st_gid;
	dev_t st_rdev;
	unsigned long __pad1;
	off_t st_size;
	blksize_t st_blksize;
	int __pad2;
	blkcnt_t st_blocks;
	time_t st_atime;
	long st_atime_nsec;
	time_t st_mtime;
	long st_mtime_nsec;
	time_t st_ctime;
	long st_ctime_nsec;
	unsigned __unused[2];
};

#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFREG 0100000
#define S_IFIFO 0010000
#define S_IFLNK 0120000
#define S_IRUSR 0400
#define S_IWUSR 0200
#define S_IXUSR 0100
#define S_IRWXU 0700
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)

int chmod(const char *path, mode_t mode);
int fstat(int fd, struct stat *status);
int lstat(const char *path, struct stat *status);
int mkdir(const char *path, mode_t mode);
int stat(const char *path, struct stat *status);
#endif
