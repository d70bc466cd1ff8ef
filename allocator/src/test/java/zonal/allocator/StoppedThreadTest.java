package zonal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thread is stopped in the middle of a refill, with a heap's lock held, as a scheduler may stop it: a debugger does so here. The others go on
 * taking and freeing, also those that give blocks back to that very heap.
 */
class StoppedThreadTest {

    private static final long LONGEST_WAIT_MILLIS = 30_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void othersGoOnWhileAThreadIsStoppedInsideARefill(int processors) throws Exception {
        ListeningConnector connector = connector();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        Objects.requireNonNull(arguments.get("localAddress")).setValue("localhost");
        String address = connector.startListening(arguments);
        CompletableFuture<ChildJvm.Result> child =
                CompletableFuture.supplyAsync(() -> ChildJvm.of(StoppedThreadRun.class)
                        .options("decay=0s")
                        .flags(
                                "-XX:ActiveProcessorCount=" + processors,
                                "-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=localhost:"
                                        + address.substring(address.lastIndexOf(':') + 1))
                        .run());
        VirtualMachine vm = connector.accept(arguments);
        connector.stopListening(arguments);
        try {
            stopAndLetOthersWork(vm);
        } catch (AssertionError e) {
            child.cancel(true);
            throw e;
        }
        vm.dispose(); // all threads go on
        ChildJvm.Result result = child.get().succeeded();
        assertThat(result.number("taken-meanwhile")).isPositive();
        assertThat(result.number("backlog")).isPositive();
    }

    private static ListeningConnector connector() {
        return Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(connector -> connector.name().equals("com.sun.jdi.SocketListen"))
                .findFirst()
                .orElseThrow();
    }

    private static void stopAndLetOthersWork(VirtualMachine vm) throws Exception {
        ClassPrepareRequest prepared = vm.eventRequestManager().createClassPrepareRequest();
        prepared.addClassFilter(StoppedThreadRun.class.getName());
        prepared.enable();
        vm.resume();
        ReferenceType run = ((ClassPrepareEvent) next(vm, ClassPrepareEvent.class)).referenceType();
        breakAt(vm, run, "armed", "()V", null);
        breakAt(vm, run, "othersAreDone", "()V", null);
        vm.resume();
        ThreadReference victim = ((BreakpointEvent) next(vm, BreakpointEvent.class)).thread();
        ReferenceType heap = vm.classesByName(PageHeap.class.getName()).getFirst();
        breakAt(vm, heap, "split", "(JIJI)I", victim);
        victim.resume();
        ThreadReference stopped = ((BreakpointEvent) next(vm, BreakpointEvent.class)).thread();
        assertThat(stopped).isEqualTo(victim);
        ((ClassType) run).setValue(run.fieldByName("stopped"), vm.mirrorOf(true));
        ThreadReference done = ((BreakpointEvent) next(vm, BreakpointEvent.class)).thread();
        assertThat(done).isNotEqualTo(victim);
        assertThat(victim.isSuspended()).isTrue();
    }

    private static BreakpointRequest breakAt(
            VirtualMachine vm, ReferenceType type, String method, String signature, @Nullable ThreadReference only) {
        BreakpointRequest request = vm.eventRequestManager()
                .createBreakpointRequest(
                        type.methodsByName(method, signature).getFirst().location());
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        if (only != null) {
            request.addThreadFilter(only);
        }
        request.enable();
        return request;
    }

    private static String stacks(VirtualMachine vm) {
        vm.suspend();
        StringBuilder stacks = new StringBuilder();
        for (ThreadReference thread : vm.allThreads()) {
            stacks.append('\n').append(thread.name()).append(':');
            try {
                thread.frames().forEach(frame -> stacks.append(' ').append(frame.location()));
            } catch (IncompatibleThreadStateException e) {
                stacks.append(' ').append(e);
            }
        }
        return stacks.toString();
    }

    /** The next event of this kind. Its threads stay suspended. */
    private static Event next(VirtualMachine vm, Class<? extends Event> kind) throws InterruptedException {
        for (; ; ) {
            EventSet events = vm.eventQueue().remove(LONGEST_WAIT_MILLIS);
            if (events == null) {
                String where = stacks(vm);
                vm.exit(1);
                throw new AssertionError("the others don't go on: " + where);
            }
            for (Event event : events) {
                if (kind.isInstance(event)) {
                    return event;
                }
            }
            events.resume();
        }
    }
}
