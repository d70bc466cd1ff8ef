package zonal.agent.apps;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * {@code sun.misc.Unsafe} for the test applications, by reflection: naming the class makes javac print warnings that can't be
 * silenced.
 */
final class RawMemory {
    private static final Object UNSAFE;
    private static final Method ALLOCATE;
    private static final Method REALLOCATE;
    private static final Method FREE;
    private static final Method PUT_LONG;
    private static final Method GET_LONG;

    static {
        try {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field field = type.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            UNSAFE = field.get(null);
            ALLOCATE = type.getMethod("allocateMemory", long.class);
            REALLOCATE = type.getMethod("reallocateMemory", long.class, long.class);
            FREE = type.getMethod("freeMemory", long.class);
            PUT_LONG = type.getMethod("putLong", long.class, long.class);
            GET_LONG = type.getMethod("getLong", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private RawMemory() {}

    static long allocate(long bytes) {
        return call(ALLOCATE, bytes);
    }

    static long reallocate(long address, long bytes) {
        return call(REALLOCATE, address, bytes);
    }

    static void free(long address) {
        call(FREE, address);
    }

    static void putLong(long address, long value) {
        call(PUT_LONG, address, value);
    }

    static long getLong(long address) {
        return call(GET_LONG, address);
    }

    private static long call(Method method, Object... arguments) {
        try {
            Object result = method.invoke(UNSAFE, arguments);
            return result instanceof Long number ? number : 0;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
