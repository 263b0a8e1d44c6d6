namespace Peft.Declarative;

/// <summary>How the keys and values of a prefix start.</summary>
public enum PrefixInit
{
    /// <summary>Drawn from the standard normal distribution.</summary>
    Random,

    /// <summary>Zeros: every query gives the prefix the same weight, and it adds nothing to what attention reads.</summary>
    Zero,
}
