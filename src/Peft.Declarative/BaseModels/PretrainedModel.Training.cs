using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative;

// What the training loop asks of a model.
public abstract partial class PretrainedModel : ITrainable
{
    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Parameter Value)> TrainableParameters => Adapters.TrainableParameters;

    /// <summary>
    /// Changes the plan that the attribute declares, for the runs of this model:
    /// <c>model.ChangePlan = plan => plan with { OutputDirectory = "runs/elon", Resume = true }</c>. Null (the default) follows it as it is.
    /// </summary>
    public Func<TrainingPlan, TrainingPlan>? ChangePlan { get; set; }

    /// <inheritdoc/>
    public virtual bool PredictsFirstToken => false;

    /// <inheritdoc/>
    public virtual bool LearnsClasses => false;

    /// <inheritdoc/>
    public virtual Tensor? DecoderIds(Tensor labels) => null;

    /// <inheritdoc/>
    public virtual bool SeesPadding => false;

    /// <inheritdoc/>
    public virtual string? PackingObstacle => RuleTexts.PackingNeedsDecoder;

    /// <inheritdoc/>
    public abstract Tensor SumLoss(MicroBatch micro);
}
