namespace Peft.Declarative;

/// <summary>
/// Repeats the adapter of the class that has no <see cref="AdapterAttribute.Name"/>: one adapter of that declaration for each name. Rows of a batch name theirs,
/// in training and in generation.
/// </summary>
/// <remarks>
/// Adapters with a name of their own stay beside the personas. Personas are inactive until rows name them or they are activated, so that a batch whose rows name
/// none is computed by the base and not by the sum of all personas.
/// </remarks>
/// <param name="names">The names of the adapters: letters, digits, '-' and '_'.</param>
/// <example>
/// <code>
/// [Lora(rank: 8)] [Personas("captain", "pip", "prof")]
/// public sealed partial class Voices : LlamaForCausalLM;      // has the adapters Captain, Pip and Prof
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PersonasAttribute(params string[] names) : Attribute
{
    /// <summary>The names of the adapters, in the order in which they are added.</summary>
    public string[] Names { get; } = names;
}
