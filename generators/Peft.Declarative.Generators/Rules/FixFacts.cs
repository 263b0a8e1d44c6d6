namespace Peft.Declarative.Generators.Rules;

/// <summary>Facts that the analyzer hands to the fixes with a diagnostic, so that no fix has to read a message.</summary>
internal static class FixFacts
{
    /// <summary>Key under which suggestions stand, one per line, best first.</summary>
    internal const string Suggestions = "Suggestions";

    /// <summary>The suggestion to give layers of 4 bits dense weights.</summary>
    internal const string Dequantize = "dequantize: true";
}
