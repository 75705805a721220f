package io.promdisco.cli.output;

import picocli.CommandLine.Option;

/** The option that selects text or a document. */
public final class StructuredOutputOption {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Output format: text, json or yaml. Default: text.")
  public StructuredPrinter.Form form = StructuredPrinter.Form.TEXT;
}
