namespace Peft.Declarative.Generators.Rules;

/// <summary>Data that the analyzer passes to the fixes with a diagnostic, so that no fix has to parse a message.</summary>
internal static class FixFacts
{
    /// <summary>The key of the suggestions, one per line, best first.</summary>
    internal const string Suggestions = "Suggestions";

    /// <summary>The suggestion to dequantize layers of 4 bits.</summary>
    internal const string Dequantize = "dequantize: true";
}
