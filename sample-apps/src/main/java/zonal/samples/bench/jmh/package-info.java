/** Benchmarks for JMH: {@code mvn -q -Pbench package -Dbench.args=jmh} runs them. */
@NullMarked
package zonal.samples.bench.jmh;

import org.jspecify.annotations.NullMarked;
