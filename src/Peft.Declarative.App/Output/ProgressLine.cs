using System.Globalization;

namespace Peft.Declarative.App.Output;

/// <summary>A report of the training loop as one line of text.</summary>
internal static class ProgressLine
{
    internal static string Of(TrainingProgress report)
    {
        string step = string.Create(CultureInfo.InvariantCulture, $"step {report.Step}/{report.TotalSteps}  epoch {report.Epoch}  loss {report.Loss:F4}");
        string pace = string.Create(CultureInfo.InvariantCulture, $"rate {report.LearningRate:0.00e+0}  {report.TokensPerSecond:N0} tokens/s");
        string evaluation = report.EvaluationLoss is { } loss ? string.Create(CultureInfo.InvariantCulture, $"  evaluation loss {loss:F4}") : "";
        return $"{step}  {pace}  {report.TimeLeft:hh\\:mm\\:ss} left{evaluation}";
    }
}
