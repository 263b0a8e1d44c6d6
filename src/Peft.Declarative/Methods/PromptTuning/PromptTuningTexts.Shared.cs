namespace Peft.Declarative.Methods.PromptTuning;

/// <summary>Words about the method that the compiler and the run time share.</summary>
internal static class PromptTuningTexts
{
    /// <summary>Where it sits, which is not on weights.</summary>
    internal const string Place = "before the input";
}
