package zonal.allocator.apps;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Lies on a stack: calls what it is given. */
public final class Passer implements UnaryOperator<Object> {
    @Override
    public Object apply(Object supplier) {
        return ((Supplier<?>) supplier).get();
    }
}
