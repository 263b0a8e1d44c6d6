namespace Peft.Declarative.Methods.Bottleneck;

/// <summary>Words about the method that the compiler and the run time share.</summary>
internal static class BottleneckTexts
{
    /// <summary>Where it sits, which is not on weights.</summary>
    internal const string Place = "after sublayers";
}
