namespace Peft.Declarative.Adapters;

/// <summary>The four classes of methods. Han, Gao, Liu, Zhang, Zhang 2024, arXiv 2403.14608.</summary>
internal enum MethodClass
{
    /// <summary>New modules or inputs beside the base: prompts, prefixes, bottlenecks, factors.</summary>
    Additive,

    /// <summary>A part of the base's own parameters.</summary>
    Selective,

    /// <summary>A change of the weights in few parameters, which can be folded in.</summary>
    Reparameterized,

    /// <summary>Several of the others side by side.</summary>
    Hybrid,
}
