namespace Peft.Declarative;

/// <summary>What every adapter declaration has in common. Attributes side by side make a hybrid.</summary>
public abstract class AdapterAttribute : Attribute
{
    /// <summary>
    /// Name of the adapter, <c>default</c> unless set; in a hybrid, adapters of a second method are named after it (<c>prompt_tuning</c>).
    /// Two adapters of one method on one model need two names.
    /// </summary>
    public string Name { get; init; } = "default";

    /// <summary>
    /// Peak learning rate of this adapter, that of <see cref="TrainingAttribute"/> unless set. In a run that trains several methods, those of few numbers, such as
    /// (IA)³ and prompts, want a larger one than low-rank factors.
    /// </summary>
    public double LearningRate { get; init; }
}
