namespace Peft.Declarative.Methods.ParallelBottleneck;

/// <summary>Words about the method that the compiler and the run time share.</summary>
internal static class ParallelBottleneckTexts
{
    /// <summary>Where it sits, which is not on weights.</summary>
    internal const string Place = "beside sublayers";
}
