namespace Idsnn.Engine;

/// <summary>Kernels that a device has beside the portable ones; each is compared with them before it is used.</summary>
public enum FastPath
{
    /// <summary>Convolutions on tensor cores.</summary>
    Convolution,

    /// <summary>Their input gradients.</summary>
    InputGradient,

    /// <summary>Their weight gradients.</summary>
    WeightGradient,

    /// <summary>Batch-norm, residual and neurons in one, from bf16 to bits.</summary>
    Neurons,

    /// <summary>The update of all parameters in one launch.</summary>
    Update,

    /// <summary>Steps captured as CUDA graphs.</summary>
    Graphs,

    /// <summary>Copies to the device that the host does not wait for.</summary>
    Uploads,
}
