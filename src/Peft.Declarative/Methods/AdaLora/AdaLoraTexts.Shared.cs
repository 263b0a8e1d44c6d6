namespace Peft.Declarative.Methods.AdaLora;

/// <summary>The words of what can be wrong with AdaLoRA alone; the compiler and the run time say the same.</summary>
internal static class AdaLoraTexts
{
    internal static string NothingToPrune(string method, string model, int initialRank, int targetRank) =>
        $"Target rank {targetRank} of [{method}] on '{model}' is not below the initial rank {initialRank}, so no rank would be pruned. Use {Math.Max(1, initialRank * 2 / 3)}, or start higher.";
}
