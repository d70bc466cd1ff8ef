package zonal.allocator;

import java.util.Locale;

/**
 * The system: {@code mmap} and its kin through FFM. The only class that knows which system this is.
 *
 * <p>A call answers its result, or {@link #REFUSED} when the system refused it; why, nobody needs to know, and so {@code errno} is not
 * captured: that would take 40 bytes of Java heap for each call that C2 has not compiled yet (measured). A call takes no
 * Java heap memory, once {@link #settle} was called. Thread-safe.
 */
final class SystemCalls {

    /** The JVM's system could not be recognised or lacks what is needed; the message is one line. */
    static final class UnsupportedSystemException extends UnsupportedOperationException {
        private static final long serialVersionUID = 1L;

        UnsupportedSystemException(String message) {
            super(message);
        }
    }

    private static final boolean MAC = systemName().contains("mac");
    private static final boolean X86 = System.getProperty("os.arch", "").equals("amd64");

    static final int PROT_NONE = 0;
    static final int PROT_READ_WRITE = 3;

    /** What a call answers that the system refused: no address, and no other result. */
    static final long REFUSED = -1;

    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_FIXED = 0x10;
    // macOS's constants (sys/mman.h) stand beside Linux's. They have never been run.
    private static final int MAP_ANONYMOUS = MAC ? 0x1000 : 0x20;
    private static final int MAP_NORESERVE = MAC ? 0x40 : 0x4000;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MREMAP_FIXED = 2;
    private static final int MREMAP_DONTUNMAP = 4;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int SC_PAGESIZE = MAC ? 29 : 30;

    // membarrier(2) has no function of its own in the C library.
    private static final int SYS_MEMBARRIER = X86 ? 324 : 283;
    private static final int MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3;
    private static final int MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4;

    private static final CFunction MMAP = CFunction.bind("mmap");
    private static final CFunction MUNMAP = CFunction.bind("munmap");
    private static final CFunction MPROTECT = CFunction.bind("mprotect");
    private static final CFunction MADVISE = CFunction.bind("madvise");
    private static final CFunction MUNLOCK = CFunction.bind("munlock");
    private static final CFunction MREMAP =
            MAC ? MMAP : CFunction.bind("mremap"); // no such call there: remap() asks MAC first
    private static final CFunction MINCORE = CFunction.bind("mincore");
    private static final CFunction USLEEP = CFunction.bind("usleep");
    private static final CFunction SYSCALL = MAC ? MMAP : CFunction.bind("syscall"); // not called there

    private static final CFunction SYSCONF = CFunction.bind("sysconf");

    /** Bytes in an OS page: 4, 16 or 64 KiB. */
    static final int OS_PAGE_SIZE = (int) SYSCONF.call(SC_PAGESIZE, 0, 0, 0, 0, 0);

    static final int OS_PAGE_SHIFT = Integer.numberOfTrailingZeros(OS_PAGE_SIZE);

    /** See {@link #takeUnlocked}. A plain field: it may be told a tick later, or twice. */
    private static boolean unlocked;

    private SystemCalls() {}

    private static String systemName() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        boolean known = (os.equals("linux") || os.contains("mac")) && (arch.equals("amd64") || arch.equals("aarch64"));
        if (!known) {
            throw new UnsupportedSystemException(
                    "needs Linux or macOS on x86-64 or aarch64, and this is " + os + " on " + arch);
        }
        return os;
    }

    /** From here on no call takes Java heap memory, nor loads a class. */
    static void settle() {
        SYSCONF.settle(SC_PAGESIZE);
    }

    /** Reserves {@code bytes} of address space without access and without swap. Answers its address or {@link #REFUSED}. */
    static long reserve(long bytes) {
        return mmap(0, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    }

    /** Maps {@code bytes} of zeroed memory anywhere. Answers its address or {@link #REFUSED}. */
    static long map(long bytes) {
        return mmap(0, bytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    }

    /** Maps fresh zeroed memory over {@code bytes} at {@code address}. Answers the address or {@link #REFUSED}. */
    static long mapOver(long address, long bytes) {
        return mmap(address, bytes, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED);
    }

    private static long mmap(long address, long bytes, int protection, int flags) {
        return MMAP.call(address, bytes, protection, flags, -1, 0);
    }

    /** Answers 0 or {@link #REFUSED}. */
    static long unmap(long address, long bytes) {
        return (int) MUNMAP.call(address, bytes, 0, 0, 0, 0);
    }

    /** Makes reserved memory readable and writable. Answers 0 or {@link #REFUSED}. */
    static long commit(long address, long bytes) {
        return (int) MPROTECT.call(address, bytes, PROT_READ_WRITE, 0, 0, 0);
    }

    /**
     * Gives the memory behind {@code bytes} at {@code address} back; it reads as zero from then on. Answers 0 or {@link #REFUSED}.
     *
     * <p>From locked memory nothing can be given back. What the application has locked by itself, and freed, is unlocked here: it belongs to nobody.
     * If it has locked all that was mapped (Elasticsearch and Cassandra do), the reserved range with it, that is unlocked as a whole: else all
     * that is made accessible there would be in memory at once. What was accessible and free is then, too: see {@link #takeUnlocked}.
     */
    static long purge(long address, long bytes) {
        if (MAC) { // there no advice promises zeroes
            return mapOver(address, bytes) == address ? 0 : REFUSED;
        }
        long answer = dontNeed(address, bytes);
        if (answer == 0) {
            return 0;
        }
        if (lastIsLocked()) {
            MUNLOCK.call(Range.BASE, Range.END - Range.BASE, 0, 0, 0, 0);
            unlocked |= !lastIsLocked();
        } else {
            MUNLOCK.call(address, bytes, 0, 0, 0, 0);
        }
        return dontNeed(address, bytes);
    }

    /** Whether the last OS page of the range is locked: nobody does that but who locks all that is mapped. */
    private static boolean lastIsLocked() {
        return dontNeed(Range.END - OS_PAGE_SIZE, OS_PAGE_SIZE) != 0;
    }

    /** Whether the range was unlocked as a whole since this was asked last: what was known to take no memory may do so since. */
    static boolean takeUnlocked() {
        boolean was = unlocked;
        unlocked = false;
        return was;
    }

    private static long dontNeed(long address, long bytes) {
        return (int) MADVISE.call(address, bytes, MADV_DONTNEED, 0, 0, 0);
    }

    /** Asks for huge pages where whole ones fit in. Answers 0 or {@link #REFUSED}. */
    static long hugePages(long address, long bytes) {
        return MAC ? 0 : (int) MADVISE.call(address, bytes, MADV_HUGEPAGE, 0, 0, 0);
    }

    /** Asks for small OS pages, so that touching one byte never makes 2 MiB resident. Answers 0 or {@link #REFUSED}. */
    static long noHugePages(long address, long bytes) {
        return MAC ? 0 : (int) MADVISE.call(address, bytes, MADV_NOHUGEPAGE, 0, 0, 0);
    }

    /** Resizes a mapping, moving it where it must. Answers its address or {@link #REFUSED} (always on macOS). */
    static long remap(long address, long oldBytes, long newBytes) {
        return MAC ? REFUSED : MREMAP.call(address, oldBytes, newBytes, MREMAP_MAYMOVE, 0, 0);
    }

    /**
     * Moves the OS pages behind {@code bytes} at {@code from} to {@code to}, over what is mapped there. {@code from} stays
     * mapped and reads as zero, so that no other thread's mapping can slip into the hole (Linux 5.7 and later; others refuse).
     */
    static long movePages(long from, long to, long bytes) {
        return MAC ? REFUSED : MREMAP.call(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to, 0);
    }

    /**
     * Writes a byte to {@code answer} for each OS page of {@code bytes} at {@code address}, whose lowest bit says if it is in memory.
     * Answers 0 or {@link #REFUSED}.
     */
    static long inMemory(long address, long bytes, long answer) {
        return (int) MINCORE.call(address, bytes, answer, 0, 0, 0);
    }

    /** Says that this process will call {@link #barrierForAll}. Answers 0 or {@link #REFUSED} (always on macOS). */
    static long registerBarrier() {
        return membarrier(MEMBARRIER_REGISTER_PRIVATE_EXPEDITED);
    }

    /**
     * Has each thread of this process that runs pass a full memory barrier before this call returns (Linux 4.14 and later; one to some
     * microseconds). Answers 0 or {@link #REFUSED}.
     */
    static long barrierForAll() {
        return membarrier(MEMBARRIER_PRIVATE_EXPEDITED);
    }

    private static long membarrier(int command) {
        return MAC ? REFUSED : SYSCALL.call(SYS_MEMBARRIER, command, 0, 0, 0, 0);
    }

    /** Lets other threads run for about {@code micros} microseconds (below one million). No effect on thread state or permits. */
    static void sleepMicros(int micros) {
        USLEEP.call(micros, 0, 0, 0, 0, 0);
    }
}
