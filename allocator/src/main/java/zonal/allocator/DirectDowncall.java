package zonal.allocator;

import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.r10;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.r11;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.r8;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.r9;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.rax;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.rcx;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.rdi;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.rdx;
import static jdk.internal.foreign.abi.x64.X86_64Architecture.Regs.rsi;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import jdk.internal.access.SharedSecrets;
import jdk.internal.foreign.abi.ABIDescriptor;
import jdk.internal.foreign.abi.NativeEntryPoint;
import jdk.internal.foreign.abi.StubLocations;
import jdk.internal.foreign.abi.VMStorage;
import jdk.internal.foreign.abi.x64.X86_64Architecture;
import jdk.internal.loader.BootLoader;

/**
 * A downcall straight through what lies below FFM's linker: the stub that the JVM makes for a native entry point.
 *
 * <p>The linker would make the same stub, and in front of it a chain of method handles that turns layouts, segments and arenas into
 * machine words. Here all arguments are machine words, so there is nothing to turn; but setting that chain up was more than half of what
 * the agent added to a start: <i>measured</i> on a 2-core x86-64 machine, 110 ms with the linker, 10 with this.
 *
 * <p>It is internal to the JDK, and so for {@link CFunction} to use only on the releases, the system and the processor that it was run on.
 * Elsewhere, and wherever this class does not link, it goes through the linker.
 */
final class DirectDowncall {

    /** {@code long (long address, long, long, long, long, long, long)}: calls the function at an address. */
    static final MethodHandle HANDLE = handle();

    private DirectDowncall() {}

    private static MethodHandle handle() {
        VMStorage target = StubLocations.TARGET_ADDRESS.storage(X86_64Architecture.StorageType.PLACEHOLDER);
        VMStorage returned = StubLocations.RETURN_BUFFER.storage(X86_64Architecture.StorageType.PLACEHOLDER);
        VMStorage captured = StubLocations.CAPTURED_STATE_BUFFER.storage(X86_64Architecture.StorageType.PLACEHOLDER);
        VMStorage[] none = {};
        // The System V calling convention, but for its vector registers, of which nothing here makes use.
        ABIDescriptor convention = new ABIDescriptor(
                X86_64Architecture.INSTANCE,
                new VMStorage[][] {{rdi, rsi, rdx, rcx, r8, r9}, none},
                new VMStorage[][] {{rax, rdx}, none, none},
                new VMStorage[][] {{r10, r11}, none},
                16, // stack alignment
                0, // shadow space
                r10, // two registers that the stub may use
                r11,
                target,
                returned,
                captured);
        MethodType type = MethodType.methodType(
                long.class, long.class, long.class, long.class, long.class, long.class, long.class, long.class);
        NativeEntryPoint stub = NativeEntryPoint.make(
                convention,
                new VMStorage[] {target, rdi, rsi, rdx, rcx, r8, r9},
                new VMStorage[] {rax},
                type,
                false, // no buffer for what is returned
                0, // no errno
                true, // the thread is in native code meanwhile: safepoints need not wait for it
                false); // no arrays of the Java heap
        return SharedSecrets.getJavaLangInvokeAccess().nativeMethodHandle(stub);
    }

    /**
     * Where a function of the C library is.
     *
     * @throws SystemCalls.UnsupportedSystemException if there is no such function
     */
    static long address(String name) {
        // Each library of the JDK's own depends on the C library, and a search in one goes on in what it depends on.
        long address = BootLoader.getNativeLibraries().find(name);
        return address != 0
                ? address
                : Linker.nativeLinker()
                        .defaultLookup()
                        .find(name)
                        .map(MemorySegment::address)
                        .orElseThrow(() -> CFunction.missing(name));
    }
}
