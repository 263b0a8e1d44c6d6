using Peft.Declarative;

namespace FirstAdapter.Pretraining;

/// <summary>Writes a line now and then.</summary>
/// <param name="every">Steps between two lines.</param>
public sealed class ConsoleProgress(int every) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Step % every == 0 || value.Step == value.TotalSteps)
        {
            Console.WriteLine(FormattableString.Invariant($"step {value.Step,5} of {value.TotalSteps}   loss {value.Loss:F4}   {value.TokensPerSecond,7:N0} tokens/s   ")
                + $"{value.TimeLeft:mm\\:ss} left");
        }
    }
}
