using Peft.Declarative.Adapters;
using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// The interface to the training loop.
public abstract partial class PretrainedModel : ITrainable
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters => Adapters.TrainableParameters;

    /// <summary>
    /// Changes the declared plan for the training runs of this model. <see langword="null"/> (the default) uses the declared plan.
    /// </summary>
    /// <example>
    /// <code>
    /// model.ChangePlan = plan => plan with { OutputDirectory = "runs/elon", Resume = true };
    /// </code>
    /// </example>
    public Func<TrainingPlan, TrainingPlan>? ChangePlan { get; set; }

    /// <inheritdoc/>
    public virtual bool PredictsFirstToken => false;

    /// <inheritdoc/>
    public virtual bool PredictsFirstTokenOf(string? adapter) => PredictsFirstToken;

    /// <inheritdoc/>
    public virtual bool LearnsClasses => false;

    /// <inheritdoc/>
    public virtual TrainingRowKind? ReadsRows => LearnsClasses ? TrainingRowKind.Class : TrainingRowKind.Text;

    /// <inheritdoc/>
    public virtual Tensor? DecoderIds(Tensor labels) => null;

    /// <inheritdoc/>
    public virtual bool SeesPadding => false;

    /// <inheritdoc/>
    public virtual string? PackingObstacle => RuleTexts.PackingNeedsDecoder;

    /// <inheritdoc/>
    public abstract Tensor SumLoss(MicroBatch micro);

    /// <summary>Enters the computation of a loss. A merged adapter cannot be trained, because its tensors are not part of the computation.</summary>
    private protected ModelUse.Use BeginLoss(MicroBatch micro)
    {
        ArgumentNullException.ThrowIfNull(micro);
        ModelUse.Use use = Adapters.Use.Compute();
        try
        {
            // Only now: a model that another thread disposes has no mode to read.
            if (training && is_grad_enabled())
            {
                Adapters.RefuseWhileMerged("be trained");
            }

            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }
}
