package io.promdisco.cli;

import picocli.CommandLine.Option;

/** For people, or for programs. */
final class StructuredOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text, json or yaml. Default: text.")
  Structured.Form form = Structured.Form.TEXT;
}
