package io.promdisco.cli.output;

import io.promdisco.config.Problem;
import io.promdisco.ruletest.Finding;
import io.promdisco.ruletest.RuleTestResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes JUnit XML for build servers: a suite for each file, a case for each test. A file that
 * cannot be used is a case with an error.
 */
public final class JunitReport {
  /** Characters that XML 1.0 cannot contain. */
  private static final Pattern NOT_XML =
      Pattern.compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

  private final XMLStreamWriter xml;

  private JunitReport(XMLStreamWriter xml) {
    this.xml = xml;
  }

  public static void write(Path report, List<TestFileResult> files) throws IOException {
    Path folder = report.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (OutputStream out = Files.newOutputStream(report)) {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out, "UTF-8");
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (TestFileResult file : files) {
        new JunitReport(xml).suite(file);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  private void suite(TestFileResult file) throws XMLStreamException {
    boolean usable = file.usable();
    xml.writeStartElement("testsuite");
    attribute("name", file.path().toString());
    attribute("tests", Integer.toString(usable ? file.results().size() : 1));
    attribute("failures", Long.toString(file.failures()));
    attribute("errors", usable ? "0" : "1");
    attribute("time", seconds(file.results()));
    if (!usable) {
      unusable(file);
    }
    for (RuleTestResult result : file.results()) {
      test(file.path(), result);
    }
    xml.writeEndElement();
  }

  private void unusable(TestFileResult file) throws XMLStreamException {
    List<String> reasons = new ArrayList<>(file.reasons());
    file.problems().stream()
        .filter(problem -> problem.severity() == Problem.Severity.ERROR)
        .forEach(problem -> reasons.add(problem.toString()));
    xml.writeStartElement("testcase");
    attribute("classname", file.path().toString());
    attribute("name", "the file can be used");
    attribute("time", "0.000");
    outcome("error", reasons);
    xml.writeEndElement();
  }

  private void test(Path file, RuleTestResult result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute("classname", file.toString());
    attribute("name", result.test().name());
    attribute("time", seconds(List.of(result)));
    if (!result.passed()) {
      List<String> lines = new ArrayList<>();
      for (Finding finding : result.findings()) {
        lines.add("line " + finding.position().line() + ": " + finding.message());
        finding
            .differences()
            .forEach(
                difference ->
                    lines.add(
                        "  "
                            + difference.what()
                            + ": expected \""
                            + difference.expected()
                            + "\", found \""
                            + difference.found()
                            + "\""));
      }
      outcome("failure", lines);
    }
    xml.writeEndElement();
  }

  private void outcome(String element, List<String> lines) throws XMLStreamException {
    xml.writeStartElement(element);
    attribute("message", lines.isEmpty() ? "" : lines.get(0));
    xml.writeCharacters(clean(String.join("\n", lines)));
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, clean(value));
  }

  private static String clean(String text) {
    return NOT_XML.matcher(text).replaceAll("\uFFFD");
  }

  private static String seconds(List<RuleTestResult> results) {
    Duration took =
        results.stream().map(RuleTestResult::took).reduce(Duration.ZERO, Duration::plus);
    return String.format(Locale.ROOT, "%.3f", took.toNanos() / 1e9);
  }
}
