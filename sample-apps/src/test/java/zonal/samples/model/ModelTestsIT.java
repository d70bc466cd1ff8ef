package zonal.samples.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import zonal.samples.jvm.AgentJar;

/** The model's test programs, stock and under the agent: each check is a test of its own. */
class ModelTestsIT {

    @TestFactory
    Stream<DynamicTest> whatMustHoldOfTheModelsTestPrograms() throws Exception {
        ModelTests tests = ModelTests.run(AgentJar.find());
        tests.print(System.out);
        return tests.checks().stream()
                .map(check -> DynamicTest.dynamicTest(
                        check.what(),
                        () -> assertThat(check.holds()).as(check.found()).isTrue()));
    }
}
