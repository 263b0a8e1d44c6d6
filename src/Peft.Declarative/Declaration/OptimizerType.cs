namespace Peft.Declarative;

/// <summary>The optimizers that a training plan can name.</summary>
public enum OptimizerType
{
    /// <summary>Adam with decoupled weight decay, fused over all parameters: the usual choice.</summary>
    AdamW,

    /// <summary>AdamW with its two moments in 8 bits: 2 bytes of state per trained value instead of 8.</summary>
    AdamW8Bit,

    /// <summary>Adam, with weight decay added to the gradient.</summary>
    Adam,

    /// <summary>Steps of the sign of the momentum. Wants a rate 3 to 10 times below AdamW's.</summary>
    Lion,

    /// <summary>Lion with its momentum in 8 bits.</summary>
    Lion8Bit,

    /// <summary>Gradient descent with momentum 0.9.</summary>
    Sgd,

    /// <summary>Gradient descent with momentum 0.9 in 8 bits.</summary>
    Momentum8Bit,

    /// <summary>Second moments factored into rows and columns, at the plan's learning rate.</summary>
    Adafactor,

    /// <summary>Adam with Nesterov's momentum.</summary>
    NAdam,

    /// <summary>Adam whose first steps are rectified instead of warmed up.</summary>
    RAdam,

    /// <summary>Adam by the greatest gradient instead of the mean square.</summary>
    Adamax,

    /// <summary>Steps by the root of an average of squares.</summary>
    RmsProp,

    /// <summary>Steps by the root of the sum of squares.</summary>
    Adagrad,

    /// <summary>Steps by the ratio of averages of steps and gradients.</summary>
    Adadelta,

    /// <summary>AdamW with its moments in host memory between steps, for a GPU whose memory activations need (Dettmers et al. 2023, arXiv 2305.14314).</summary>
    PagedAdamW,

    /// <summary>AdamW with its moments in 8 bits, in host memory between steps.</summary>
    PagedAdamW8Bit,

    /// <summary>Lion with its momentum in host memory between steps.</summary>
    PagedLion,

    /// <summary>Lion with its momentum in 8 bits, in host memory between steps.</summary>
    PagedLion8Bit,
}
