using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The facts about the method for both the compiler and the run time.</summary>
internal static class LoraFacts
{
    /// <summary>The default rank of a config.</summary>
    internal const int Rank = 8;

    /// <summary>The default number of iterations of LoftQ.</summary>
    internal const int LoftQIterations = 1;

    internal static MethodFacts Method { get; } = new("Lora", MethodClass.Reparameterized, "on the weight", "2106.09685")
    {
        PeftType = "LORA",
        Adaptable = LayerKinds.WithMatrix,
        Numbers = [NumberRule.Rank(), NumberRule.Alpha, NumberRule.Dropout(), NumberRule.AtLeast("LoftQIterations", 1)],
    };

    internal static string TokenIdOutOfRange(string method, string model, int id, long rows) =>
        $"Token id {id} in TrainableTokens of [{method}] on '{model}' is not one of the embedding's {RuleTexts.Count(rows)} rows. Use ids from 0 to {rows - 1}.";

    internal static string TokenIdNegative(string method, string model, int id) =>
        $"Token id {id} in TrainableTokens of [{method}] on '{model}' is negative. Token ids count from 0.";
}
