using Peft.Declarative.Text.Errors;
using TorchSharp.Modules;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>The optimizers that a plan can name. A new one is a class and a row here.</summary>
internal static class OptimizerCatalog
{
    internal static Optimizer Make(OptimizerType type, IReadOnlyList<(string Name, Parameter Value)> parameters, double weightDecay) => type switch
    {
        OptimizerType.AdamW => new AdamW(parameters, weightDecay),
        OptimizerType.AdamW8Bit => new AdamW8Bit(parameters, weightDecay),
        OptimizerType.Adam => new Adam(parameters, weightDecay),
        OptimizerType.Lion => new Lion(parameters, weightDecay: weightDecay),
        OptimizerType.Lion8Bit => new Lion8Bit(parameters, weightDecay: weightDecay),
        OptimizerType.Sgd => new Sgd(parameters, momentum: 0.9, weightDecay: weightDecay),
        OptimizerType.Momentum8Bit => new Momentum8Bit(parameters, weightDecay: weightDecay),
        OptimizerType.Adafactor => new Adafactor(parameters, new AdafactorOptions { RelativeStep = false, WeightDecay = weightDecay }),
        OptimizerType.NAdam => new NAdam(parameters, weightDecay: weightDecay),
        OptimizerType.RAdam => new RAdam(parameters, weightDecay: weightDecay),
        OptimizerType.Adamax => new Adamax(parameters, weightDecay: weightDecay),
        OptimizerType.RmsProp => new RmsProp(parameters, weightDecay: weightDecay),
        OptimizerType.Adagrad => new Adagrad(parameters, weightDecay: weightDecay),
        OptimizerType.Adadelta => new Adadelta(parameters, weightDecay: weightDecay),
        OptimizerType.PagedAdamW => new AdamW(parameters, weightDecay, paged: true),
        OptimizerType.PagedAdamW8Bit => new AdamW8Bit(parameters, weightDecay, paged: true),
        OptimizerType.PagedLion => new Lion(parameters, weightDecay: weightDecay, paged: true),
        OptimizerType.PagedLion8Bit => new Lion8Bit(parameters, weightDecay: weightDecay, paged: true),
        _ => throw TrainingErrors.PlanUnusable([$"Optimizer {type} is unknown"]),
    };
}
