package zonal.allocator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jdk.internal.vm.annotation.ReservedStackAccess;
import org.jspecify.annotations.Nullable;

/**
 * The live samples, by the address of their block.
 *
 * <p>It is bounded, and stays unbiased when the bound is reached: a stripe that is full doubles the mean of its marks until a quarter
 * of its samples are gone, keeping each with the probability that it would have been sampled so, given that it was. From then on it admits
 * new samples by the larger mean; when it is emptier again, by a smaller one. Addresses are spread over the stripes by a hash,
 * so each stripe is a sample of its own.
 *
 * <p>Thread-safe. A stripe is guarded by its lock, which is held for some ten nanoseconds, for a walk of its samples where they
 * are copied, thinned out or spread over more buckets. No object is made under it.
 */
final class SampleTable {

    private static final int STRIPES_SHIFT = 6;
    private static final int MOST_IN_STRIPE = 4096;

    /** Most samples that are kept. */
    static final int MOST_SAMPLES = MOST_IN_STRIPE << STRIPES_SHIFT;

    private static final int FIRST_BUCKETS = 16;
    private static final int MOST_BUCKETS = MOST_IN_STRIPE;
    private static final long HASH = 0x9E3779B97F4A7C15L;

    private final Stripe[] stripes = new Stripe[1 << STRIPES_SHIFT];
    private final double mean;
    private final Poisson random;

    /** @param mean the mean distance of the marks that decided which blocks were sampled, bytes */
    SampleTable(double mean, Poisson random) {
        this.mean = mean;
        this.random = random;
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe();
        }
    }

    private static long hash(long address) {
        return (address >>> 4) * HASH;
    }

    private Stripe stripe(long address) {
        return stripes[(int) (hash(address) >>> (64 - STRIPES_SHIFT))];
    }

    /** Adds a sample; one that was left at its address is replaced. Its site has counted it already. */
    void add(Sample sample) {
        Stripe stripe = stripe(sample.address);
        Sample[] more = stripe.wantsBuckets() ? new Sample[stripe.buckets.length << 2] : null;
        stripe.add(sample, more);
    }

    /** Removes the sample at {@code address}, if there is one. */
    void remove(long address) {
        stripe(address).remove(address);
    }

    /** Notes that the block at {@code address} has another size now. */
    void resize(long address, long bytes) {
        stripe(address).resize(address, bytes);
    }

    /** As {@link Sampler#shrunk}. */
    boolean shrink(long address, long bytes) {
        return stripe(address).shrink(address, bytes);
    }

    /** The sample at {@code address}, or null. */
    @Nullable
    Sample find(long address) {
        return stripe(address).find(address);
    }

    /** All samples of this moment, stripe by stripe. */
    List<Sample> all() {
        List<Sample> all = new ArrayList<>();
        Sample[] copy = new Sample[MOST_IN_STRIPE];
        for (Stripe stripe : stripes) {
            all.addAll(Arrays.asList(copy).subList(0, stripe.copy(copy)));
        }
        return all;
    }

    private final class Stripe {
        private final SpinLock lock = new SpinLock();
        private @Nullable Sample[] buckets = new Sample[FIRST_BUCKETS];
        private int count;

        /** New samples are admitted as by marks of this mean distance. */
        private double admitted = mean;

        private static int bucket(@Nullable Sample[] buckets, long address) {
            return (int) (hash(address) >>> 32) & (buckets.length - 1);
        }

        /** Whether it is time for more buckets. A racy look: too early or too late does no harm. */
        boolean wantsBuckets() {
            return count > 2 * buckets.length && buckets.length < MOST_BUCKETS;
        }

        @ReservedStackAccess
        void add(Sample sample, Sample @Nullable [] more) {
            lock.lock();
            try {
                if (more != null && more.length > buckets.length) {
                    spread(more);
                }
                removeLocked(sample.address);
                if (count == MOST_IN_STRIPE) {
                    thinOut();
                }
                if (survives(sample, admitted)) {
                    int bucket = bucket(buckets, sample.address);
                    sample.next = buckets[bucket];
                    buckets[bucket] = sample;
                    count++;
                } else {
                    sample.site.live.decrementAndGet();
                }
            } finally {
                lock.unlock();
            }
        }

        private void spread(@Nullable Sample[] more) {
            for (Sample first : buckets) {
                for (Sample sample = first; sample != null; ) {
                    Sample next = sample.next;
                    int bucket = bucket(more, sample.address);
                    sample.next = more[bucket];
                    more[bucket] = sample;
                    sample = next;
                }
            }
            buckets = more;
        }

        /** Whether a sample would also have been one by marks that are {@code newMean} apart; if so, it is one by those now. */
        private boolean survives(Sample sample, double newMean) {
            return newMean <= sample.mean || survives(sample, sample.exposed, newMean);
        }

        /** As above, and with fewer bytes exposed to them. */
        private boolean survives(Sample sample, long newExposed, double newMean) {
            double kept = Poisson.probability(newExposed, newMean) / Poisson.probability(sample.exposed, sample.mean);
            if (random.uniform() >= kept) {
                return false;
            }
            sample.exposed = newExposed;
            sample.mean = newMean;
            return true;
        }

        private void thinOut() {
            while (count > MOST_IN_STRIPE / 4 * 3) {
                admitted *= 2;
                for (int i = 0; i < buckets.length; i++) {
                    Sample kept = null;
                    for (Sample sample = buckets[i]; sample != null; ) {
                        Sample next = sample.next;
                        if (survives(sample, admitted)) {
                            sample.next = kept;
                            kept = sample;
                        } else {
                            forget(sample);
                        }
                        sample = next;
                    }
                    buckets[i] = kept;
                }
            }
        }

        private void forget(Sample sample) {
            count--;
            sample.site.live.decrementAndGet();
        }

        @ReservedStackAccess
        void remove(long address) {
            lock.lock();
            try {
                removeLocked(address);
                if (admitted > mean && count < MOST_IN_STRIPE / 4) {
                    admitted = Math.max(mean, admitted / 2);
                }
            } finally {
                lock.unlock();
            }
        }

        private void removeLocked(long address) {
            int bucket = bucket(buckets, address);
            Sample before = null;
            for (Sample sample = buckets[bucket]; sample != null; sample = sample.next) {
                if (sample.address == address) {
                    if (before == null) {
                        buckets[bucket] = sample.next;
                    } else {
                        before.next = sample.next;
                    }
                    forget(sample);
                    return;
                }
                before = sample;
            }
        }

        @ReservedStackAccess
        void resize(long address, long bytes) {
            lock.lock();
            try {
                Sample sample = findLocked(address);
                if (sample != null) {
                    sample.bytes = bytes;
                    sample.exposed = Math.max(sample.exposed, Sampler.exposed(bytes));
                }
            } finally {
                lock.unlock();
            }
        }

        @ReservedStackAccess
        boolean shrink(long address, long bytes) {
            lock.lock();
            try {
                Sample sample = findLocked(address);
                if (sample == null) {
                    return false;
                }
                if (!survives(sample, Sampler.exposed(bytes), sample.mean)) {
                    removeLocked(address);
                    return false;
                }
                sample.bytes = bytes;
                return true;
            } finally {
                lock.unlock();
            }
        }

        @Nullable
        Sample find(long address) {
            lock.lock();
            try {
                return findLocked(address);
            } finally {
                lock.unlock();
            }
        }

        private @Nullable Sample findLocked(long address) {
            Sample sample = buckets[bucket(buckets, address)];
            while (sample != null && sample.address != address) {
                sample = sample.next;
            }
            return sample;
        }

        /** Copies the samples to {@code copy}, and answers how many there are. */
        int copy(Sample[] copy) {
            int copied = 0;
            lock.lock();
            try {
                for (Sample first : buckets) {
                    for (Sample sample = first; sample != null; sample = sample.next) {
                        copy[copied++] = sample;
                    }
                }
            } finally {
                lock.unlock();
            }
            return copied;
        }
    }
}
