package zonal.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RevisionTest {

    private static final byte[] FILE = {10, 20, 30, 40, 50, 60, 70, 80};

    @Test
    void theFirstRevisionIsTheFileItself() {
        assertThat(Revision.content(FILE, 0)).isEqualTo(FILE);
    }

    @Test
    void everyFourthRevisionIsARemoval() {
        assertThat(Revision.isRemoved(3)).isTrue();
        assertThat(Revision.isRemoved(7)).isTrue();
        assertThat(Revision.isRemoved(4)).isFalse();
        assertThatThrownBy(() -> Revision.content(FILE, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neighbouringRevisionsDiffer() {
        for (int revision = 0; revision < 300; revision++) {
            if (!Revision.isRemoved(revision) && !Revision.isRemoved(revision + 1)) {
                assertThat(Arrays.equals(Revision.content(FILE, revision), Revision.content(FILE, revision + 1)))
                        .as("revisions %d and %d", revision, revision + 1)
                        .isFalse();
            }
        }
    }

    @Test
    void aRevisionHasTheLengthThatIsToldOfIt() {
        for (int revision = 0; revision < 100; revision++) {
            if (!Revision.isRemoved(revision)) {
                assertThat(Revision.content(FILE, revision)).hasSize(Revision.length(FILE, revision));
            }
        }
    }
}
