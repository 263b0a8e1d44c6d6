namespace Peft.Declarative;

/// <summary>The progress of a run.</summary>
/// <param name="Step">The number of optimizer steps done.</param>
/// <param name="TotalSteps">The number of optimizer steps of the whole run.</param>
/// <param name="Epoch">The current epoch, from 1.</param>
/// <param name="Loss">The mean loss over the labels of the last step.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="TokensPerSecond">The number of trained tokens per second, without padding and evaluation.</param>
/// <param name="TimeLeft">The expected time until the end of training.</param>
/// <param name="GradientNorm">The 2-norm of all gradients of the last step, before clipping.</param>
/// <param name="EvaluationLoss">
/// The mean loss over the labels of the evaluation rows; <see langword="null"/> if this report does not follow an evaluation.
/// </param>
/// <example>
/// <code>
/// model.Train(data, new Progress&lt;TrainingProgress&gt;(report =&gt; Console.WriteLine($"{report.Step}: {report.Loss:F3}")));
/// </code>
/// </example>
public sealed record TrainingProgress(
    long Step,
    long TotalSteps,
    int Epoch,
    double Loss,
    double LearningRate,
    double TokensPerSecond,
    TimeSpan TimeLeft,
    double GradientNorm,
    double? EvaluationLoss = null);
