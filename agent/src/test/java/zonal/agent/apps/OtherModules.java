package zonal.agent.apps;

import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.util.logging.Logger;
import javax.management.MBeanServer;
import javax.xml.parsers.DocumentBuilderFactory;
import org.xml.sax.InputSource;

/** The parts of {@link Everything} that not every runtime image has. */
final class OtherModules {
    private OtherModules() {}

    static String logging() {
        Logger logger = Logger.getLogger("zonal.test");
        logger.setUseParentHandlers(false); // a record would carry the time
        logger.info("to nobody");
        return java.util.logging.LogManager.getLogManager().getClass().getName();
    }

    static String management() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        return server.getClass().getName() + " " + server.getDefaultDomain();
    }

    static String xml() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader("<a><b/></a>")))
                .getDocumentElement()
                .getFirstChild()
                .getNodeName();
    }
}
