using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The words of what can be wrong with the low-rank methods alone; the compiler and the run time say the same.</summary>
internal static class LoraTexts
{
    internal static string TokenIdOutOfRange(string method, string model, int id, long rows) =>
        $"Token id {id} in TrainableTokens of [{method}] on '{model}' is not one of the embedding's {RuleTexts.Count(rows)} rows. Use ids from 0 to {rows - 1}.";

    internal static string TokenIdNegative(string method, string model, int id) =>
        $"Token id {id} in TrainableTokens of [{method}] on '{model}' is negative. Token ids count from 0.";
}
