namespace Peft.Declarative.Generation;

/// <summary>When beam search stops although some beams still run.</summary>
public enum EarlyStopping
{
    /// <summary>When the best running beam, scored at its present length, no longer beats the worst finished one. The usual choice.</summary>
    Estimate,

    /// <summary>As soon as there are as many finished hypotheses as beams.</summary>
    Immediate,

    /// <summary>Only when no running beam can beat the worst finished one, whatever its final length.</summary>
    Never,
}
