namespace Peft.Declarative.Methods.AdapterFusion;

/// <summary>Words about the method that the compiler and the run time share.</summary>
internal static class AdapterFusionTexts
{
    /// <summary>Where it sits, which is not on weights.</summary>
    internal const string Place = "over bottlenecks";
}
