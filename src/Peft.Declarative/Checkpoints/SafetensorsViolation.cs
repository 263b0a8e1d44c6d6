namespace Peft.Declarative.Checkpoints;

/// <summary>Violations of the safetensors format, with the names that the reference reader uses.</summary>
public enum SafetensorsViolation
{
    /// <summary>The file is shorter than the eight bytes of the header's length.</summary>
    HeaderTooSmall,

    /// <summary>The header is longer than 100,000,000 bytes.</summary>
    HeaderTooLarge,

    /// <summary>The header extends beyond the end of the file.</summary>
    InvalidHeaderLength,

    /// <summary>The header does not begin with <c>{</c>.</summary>
    InvalidHeaderStart,

    /// <summary>The header is not UTF-8.</summary>
    InvalidHeader,

    /// <summary>The header is not JSON of the expected form, or contains an unknown element type.</summary>
    InvalidHeaderDeserialization,

    /// <summary>A tensor, a field of a tensor or a metadata key occurs twice.</summary>
    DuplicateName,

    /// <summary>The file contains more tensors than <see cref="SafetensorsFile.MaxTensors"/>.</summary>
    TooManyTensors,

    /// <summary>A tensor has more dimensions than <see cref="SafetensorsFile.MaxRank"/>.</summary>
    RankTooLarge,

    /// <summary>Tensors overlap or leave a gap, or a tensor ends before it begins.</summary>
    InvalidOffset,

    /// <summary>The size of a tensor does not fit into 64 bits.</summary>
    ValidationOverflow,

    /// <summary>A tensor with elements smaller than one byte does not fill whole bytes.</summary>
    MisalignedSlice,

    /// <summary>The length of a tensor does not match its shape and element type.</summary>
    TensorInvalidInfo,

    /// <summary>The data ends before or after the end of the last tensor.</summary>
    MetadataIncompleteBuffer,

    /// <summary>TorchSharp does not support the element type.</summary>
    UnsupportedDtype,
}
