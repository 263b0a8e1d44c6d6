namespace Peft.Declarative.Methods.Vera;

/// <summary>The words of what can be wrong with VeRA alone; the compiler and the run time say the same.</summary>
internal static class VeraTexts
{
    internal static string StartIsZero(string method, string model) =>
        $"Start of [{method}] on '{model}' is 0, through which no gradient reaches the other vector: nothing would be learnt. Use 0.1, or another small number.";
}
