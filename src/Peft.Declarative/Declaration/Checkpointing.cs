namespace Peft.Declarative;

/// <summary>Which activations the backward pass computes again instead of keeping them. The gradients are the same.</summary>
public enum Checkpointing
{
    /// <summary>None.</summary>
    None,

    /// <summary>
    /// The cheap ones: results of norms and of activation functions, which adapters and layers keep as their inputs. Results of products and of attention
    /// are kept. Korthikanti et al. 2022, arXiv 2205.05198.
    /// </summary>
    Selective,

    /// <summary>All but the input of each block and its sublayers. Chen et al. 2016, arXiv 1604.06174.</summary>
    Full,
}
