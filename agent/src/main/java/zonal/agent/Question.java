package zonal.agent;

import net.bytebuddy.jar.asm.Type;

/**
 * What a woven method asks its hook before its own body runs, and which answers are final.
 *
 * <p>The hook is a static method. It gets as many of the woven method's first arguments as its descriptor has {@code long} parameters.
 *
 * @param method name of the woven method
 * @param descriptor its descriptor
 * @param isStatic whether it is static
 * @param hookClass internal name of the class that is asked
 * @param hookMethod name of the method that is asked
 * @param hookDescriptor its descriptor: no parameters but longs
 * @param finalAnswer which answers are returned in place of running the body
 * @param unlessSlot local variable of type {@code int}: nothing is asked unless it is 0; {@link #ALWAYS}: it is asked always
 */
record Question(
        String method,
        String descriptor,
        boolean isStatic,
        String hookClass,
        String hookMethod,
        String hookDescriptor,
        FinalAnswer finalAnswer,
        int unlessSlot) {

    static final int ALWAYS = -1;

    /** The answers that end a woven method. */
    enum FinalAnswer {
        /** A long that is not 0. */
        NOT_ZERO,
        /** A long that is not negative. */
        NOT_NEGATIVE,
        /** True; the woven method returns nothing. */
        TRUE,
        /** Any object; it is cast to what the woven method returns. */
        NOT_NULL
    }

    /** Whether it is this method that asks. */
    boolean isOf(String otherMethod, String otherDescriptor, boolean otherIsStatic) {
        return isStatic == otherIsStatic && method.equals(otherMethod) && descriptor.equals(otherDescriptor);
    }

    /** Internal name of the class that the woven method returns, where it returns an object. */
    String returnedClass() {
        return Type.getReturnType(descriptor).getInternalName();
    }

    /** How many arguments the hook gets. */
    int arguments() {
        return hookDescriptor.indexOf(')') - 1;
    }
}
