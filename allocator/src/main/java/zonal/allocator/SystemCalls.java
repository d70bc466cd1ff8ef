package zonal.allocator;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;

/**
 * The system: {@code mmap} and its kin through FFM. The only class that knows which system this is.
 *
 * <p>A call answers its result, or {@link #REFUSED} when the system refused it; why, nobody needs to know, and so {@code errno} is not
 * captured: that would take 40 bytes of Java heap for each call that C2 has not compiled yet (measured). A call allocates
 * nothing. Thread-safe.
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
    private static final int MADV_DONTNEED = MAC ? 7 /* MADV_FREE_REUSABLE */ : 4;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int SC_PAGESIZE = MAC ? 29 : 30;

    /**
     * The type of every function here: {@code long f(long, long, long, long, long, long)}. Both calling conventions pass the first six
     * integers in registers, of which a function with fewer or narrower parameters reads what it declares; an {@code int} result is in the
     * lower half of the long. One type makes one linkage: seven of them cost a start some 30 ms more (measured).
     */
    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private static final MethodHandle DOWNCALL = downcallMaker();
    private static final MethodHandle MMAP = bind("mmap");
    private static final MethodHandle MUNMAP = bind("munmap");
    private static final MethodHandle MPROTECT = bind("mprotect");
    private static final MethodHandle MADVISE = bind("madvise");
    private static final MethodHandle MREMAP =
            MAC ? MMAP : bind("mremap"); // no such call there: remap() asks MAC first
    private static final MethodHandle MINCORE = bind("mincore");
    private static final MethodHandle USLEEP = bind("usleep");

    /** Bytes in an OS page: 4, 16 or 64 KiB. */
    static final int OS_PAGE_SIZE = (int) call(bind("sysconf"), SC_PAGESIZE, 0, 0, 0, 0, 0);

    static final int OS_PAGE_SHIFT = Integer.numberOfTrailingZeros(OS_PAGE_SIZE);

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

    /**
     * {@code Linker.downcallHandle} asks which module called it, and warns (or refuses) if that module has no native access. Where the
     * JDK's internals are open to us (under the agent) the call is made in the name of {@code java.base}, which always has it: no
     * warning, no flag for the user to set, and no native access for anybody else.
     */
    private static MethodHandle downcallMaker() {
        try {
            MethodHandles.Lookup caller = Memory.INTERNAL ? Memory.baseLookup() : MethodHandles.lookup();
            return caller.findVirtual(
                            Linker.class,
                            "downcallHandle",
                            MethodType.methodType(
                                    MethodHandle.class,
                                    MemorySegment.class,
                                    FunctionDescriptor.class,
                                    Linker.Option[].class))
                    .asFixedArity();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no java.lang.foreign.Linker.downcallHandle", e);
        }
    }

    private static MethodHandle bind(String name) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup libc = linker.defaultLookup();
        MemorySegment function = libc.find(name)
                .orElseThrow(() -> new UnsupportedSystemException("the system's C library has no " + name));
        try {
            return SystemLayer.over(name, (MethodHandle) DOWNCALL.invoke(linker, function, TYPE, new Linker.Option[0]));
        } catch (Throwable e) {
            throw new LinkageError(
                    "no native access: start the JVM with --enable-native-access for zonal.allocator", e);
        }
    }

    private static long call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) function.invokeExact(a, b, c, d, e, f);
        } catch (Throwable t) {
            throw rethrow(t);
        }
    }

    /** A downcall throws nothing of its own: what arrives here is an Error of the JVM (stack overflow), passed on. */
    private static Error rethrow(Throwable t) {
        if (t instanceof Error error) {
            return error;
        }
        if (t instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return new LinkageError("downcall", t);
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
        return call(MMAP, address, bytes, protection, flags, -1, 0);
    }

    /** Answers 0 or {@link #REFUSED}. */
    static long unmap(long address, long bytes) {
        return (int) call(MUNMAP, address, bytes, 0, 0, 0, 0);
    }

    /** Makes reserved memory readable and writable. Answers 0 or {@link #REFUSED}. */
    static long commit(long address, long bytes) {
        return (int) call(MPROTECT, address, bytes, PROT_READ_WRITE, 0, 0, 0);
    }

    /** Gives the memory behind {@code bytes} at {@code address} back; it reads as zero from then on. Answers 0 or {@link #REFUSED}. */
    static long purge(long address, long bytes) {
        return (int) call(MADVISE, address, bytes, MADV_DONTNEED, 0, 0, 0);
    }

    /** Asks for small OS pages, so that touching one byte never makes 2 MiB resident. Answers 0 or {@link #REFUSED}. */
    static long noHugePages(long address, long bytes) {
        return MAC ? 0 : (int) call(MADVISE, address, bytes, MADV_NOHUGEPAGE, 0, 0, 0);
    }

    /** Resizes a mapping, moving it where it must. Answers its address or {@link #REFUSED} (always on macOS). */
    static long remap(long address, long oldBytes, long newBytes) {
        return MAC ? REFUSED : call(MREMAP, address, oldBytes, newBytes, MREMAP_MAYMOVE, 0, 0);
    }

    /**
     * Moves the OS pages behind {@code bytes} at {@code from} to {@code to}, over what is mapped there. {@code from} stays
     * mapped and reads as zero, so that no other thread's mapping can slip into the hole (Linux 5.7 and later; others refuse).
     */
    static long movePages(long from, long to, long bytes) {
        return MAC
                ? REFUSED
                : call(MREMAP, from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to, 0);
    }

    /**
     * Writes a byte to {@code answer} for each OS page of {@code bytes} at {@code address}, whose lowest bit says if it is in memory.
     * Answers 0 or {@link #REFUSED}.
     */
    static long inMemory(long address, long bytes, long answer) {
        return (int) call(MINCORE, address, bytes, answer, 0, 0, 0);
    }

    /** Lets other threads run for about {@code micros} microseconds (below one million). No effect on thread state or permits. */
    static void sleepMicros(int micros) {
        call(USLEEP, micros, 0, 0, 0, 0, 0);
    }
}
