using Peft.Declarative;
using Spectre.Console;

namespace FirstAdapter.Tours;

/// <summary>Shows each report of the training loop in a progress bar.</summary>
/// <param name="task">The bar.</param>
internal sealed class LiveProgress(ProgressTask task) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        task.MaxValue = value.TotalSteps;
        task.Value = value.Step;
        task.Description = $"epoch {value.Epoch}   loss {value.Loss:F3}   rate {value.LearningRate:0.0e+0}   {value.TokensPerSecond,6:N0} tokens/s";
    }
}
