namespace Peft.Declarative;

/// <summary>
/// Multitask prompt tuning: <paramref name="tokens"/> virtual tokens [tokens, hidden] are prepended to the embedded input of every row, as in prompt tuning. All
/// tasks share one prompt, which each task multiplies element by element with a matrix of low rank of its own. Rows name their task: <c>ModelInput.TaskIds</c>,
/// <c>TrainingRow.Task</c>. Wang et al. 2023, arXiv 2303.02861.
/// </summary>
/// <param name="tokens">The number of virtual tokens, at least 1; 100 in the paper. They count towards the context length.</param>
/// <param name="tasks">The number of tasks, at least 1. Rows name them from 0 to <paramref name="tasks"/> − 1; with one task they need not.</param>
/// <param name="ranks">The rank of the matrix of each task, at least 1. The default is 1, as in the paper.</param>
/// <example>
/// <code>
/// [MultitaskPromptTuning(tokens: 20, tasks: 3)]
/// public sealed partial class Translator : LlamaForCausalLM;
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class MultitaskPromptTuningAttribute(int tokens, int tasks, int ranks = 1) : AdapterAttribute
{
    /// <summary>The number of virtual tokens.</summary>
    public int Tokens { get; } = tokens;

    /// <summary>The number of tasks.</summary>
    public int Tasks { get; } = tasks;

    /// <summary>The rank of the matrix of each task.</summary>
    public int Ranks { get; } = ranks;

    /// <summary>The initialization. The default draws the shared prompt from the standard normal distribution.</summary>
    public MultitaskPromptInit Init { get; init; }

    /// <summary>
    /// The text whose token embeddings initialize the shared prompt, truncated or repeated to <see cref="Tokens"/>. Required by <see
    /// cref="MultitaskPromptInit.Text"/>.
    /// </summary>
    public string? InitText { get; init; }

    /// <summary>The directory of the tokenizer for <see cref="InitText"/>. The default is the base model's directory.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>
    /// The directory of the adapter from which this one starts, or its file of tensors. Required by the initializations that start from source tasks.
    /// </summary>
    public string? InitAdapter { get; init; }

    /// <summary>The task of <see cref="InitAdapter"/> for <see cref="MultitaskPromptInit.ExactSourceTask"/>, from 0 (the default).</summary>
    public int InitTask { get; init; }
}

/// <summary>The initialization of a prompt that tasks share, and of the matrices of the tasks.</summary>
public enum MultitaskPromptInit
{
    /// <summary>The shared prompt from the standard normal distribution, the factors of the tasks from one with deviation 0.02.</summary>
    Random,

    /// <summary>The shared prompt with the embeddings of a text's tokens.</summary>
    Text,

    /// <summary>The shared prompt of another adapter, and for every task the mean of the factors of its tasks.</summary>
    AverageSourceTasks,

    /// <summary>The shared prompt of another adapter, and for every task the factors of one of its tasks.</summary>
    ExactSourceTask,

    /// <summary>The shared prompt of another adapter. The factors of the tasks are drawn.</summary>
    OnlySourceShared,
}
