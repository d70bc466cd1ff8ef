package zonal.allocator;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the tests of one class, {@code main(class)}, in a JVM with other options. */
final class TestsInChild {

    private TestsInChild() {}

    public static void main(String[] args) throws ReflectiveOperationException {
        ChildJvm.configure();
        Allocator.start();
        int tests = 0;
        for (Method method : Class.forName(args[0]).getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                run(method);
                tests++;
            } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
                for (long value : method.getAnnotation(ValueSource.class).longs()) {
                    run(method, value);
                    tests++;
                }
            }
        }
        System.out.println("tests=" + tests);
        System.out.println("stripes=" + ThreadCache.STRIPES);
    }

    private static void run(Method method, Object... arguments) throws ReflectiveOperationException {
        Object test = newInstance(method.getDeclaringClass());
        method.setAccessible(true);
        try {
            method.invoke(test, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(
                    method.getName() + " with " + Options.current().asMap(), e.getCause());
        }
    }

    private static Object newInstance(Class<?> type) throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }
}
